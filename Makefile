# What there is to run. Needs Python 3.11 or newer; everything else is put into .venv.
#
#   make run            the site with its demo cities; PORT=8001 and DEMO_PASSWORD=… are heard
#   make serve          the site in production: ENV_FILE=/etc/waymark.env, MIGRATE=1 (docs/operators.md)
#   make test           every test, on SQLite and, where there is one, on PostgreSQL
#   make test ARGS=…    some tests, for example ARGS="tests/services -k phone"
#   make lint           style and formatting; make format mends what can be mended
#   make bench          how long pages and the API take (see benchmarks/README.md)
#   make faults         what the site survives (see scripts/faults/README.md); ARGS=--short for a first look
#   make lock           pin the requirements of pyproject.toml again (needs uv)

.PHONY: run serve test lint format bench faults lock

run:
	@scripts/run

serve:
	@scripts/serve

test:
	@scripts/test $(ARGS)

lint:
	@scripts/lint

format:
	@scripts/lint --fix

bench:
	@scripts/bench

faults:
	@scripts/faults/all $(ARGS)

lock:
	@scripts/lock
