"""Work by the clock: one command, every minute, from as many machines as there are.

`jobs` is the table of what there is to do, `due` says when, `claims` lets one process of several
do it, `clock` says whether this machine's clock may be believed, and `running` does the work.
"""
