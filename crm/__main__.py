"""`python -m crm VERB`."""

import sys

from crm.cli import main

sys.exit(main(sys.argv[1:]))
