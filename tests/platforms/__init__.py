"""Every chat network, held to one contract, and each to what is its own."""

import pytest

pytest.register_assert_rewrite("tests.platforms.contract", "tests.platforms.contract_hearing")
