"""What every child of `worst_case` needs before it reads anything: the server that they come from imports this."""

import django

django.setup()
