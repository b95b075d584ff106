"""The demo: its plan, its ledger, and a whole evening."""
