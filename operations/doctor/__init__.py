"""`manage.py doctor`: what is wrong or risky on this machine, worst first, and how to mend it.

finding.py       what is found, and the list of checks
variables.py     wrong variables of the environment, all of them at once, without the settings
site.py          the settings that can be loaded, read once and handed to every check
environment.py   secrets, hosts, https, keys
mail.py          the mail server
database.py      what every database needs; sqlite.py, postgresql.py: what each kind needs
upkeep.py        backups, the tick and its work, what was given up
content.py       rules, toolboxes, samples, people
machine.py       disk, memory, clock, files
looking.py       runs the checks; none of them can end in a traceback
screen.py        one screen, or JSON
entry.py         the way in, which works where settings do not load

A check is one small function with a code of its own. Codes stay what they are: runbooks name them.
"""
