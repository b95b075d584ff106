"""Who may come in: links and cookies that open doors, and the people who came."""
