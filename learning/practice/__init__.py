"""Practice: short scenes, the real guide on an invented city, and the reviewed plan beside one's own.

cases.py      fixtures/practice/cases.toml, read and checked; plain Python
walking.py    answers through the guide's engine to a plan; plain Python
comparing.py  two plans side by side, and which answer explains which difference; plain Python
city.py       the practice city, in memory and in no database
guide.py      what the pages of the guide need of it
regression.py which cases now end elsewhere
"""
