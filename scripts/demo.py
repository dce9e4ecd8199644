"""Prepare the demo (tables, cities, administrator, static files), then become its server.

`make run` calls this with the packages installed. What a wrong setting says is one line.
"""

import io
import multiprocessing
import os
import secrets
import shutil
import sys

from scripts import static_files

ROOT = static_files.ROOT
SECRET_FILE = ROOT / ".cache" / "demo-secret-key"
ADMINISTRATOR = "administrator@example.org"
OTHERS = """Demo people, all with the password below. The page of the second step shows the code to type.
  network@example.org   network administrator
  editor@example.org    editor in Brussels
  worker@example.org    frontline worker in Brussels"""


def main():
    os.chdir(ROOT)
    os.environ.update(demo_environment())
    set_up()
    # In a process of its own, so that what it read does not stay in the server's memory; but not
    # in a new one, which would import everything once more.
    preparing = multiprocessing.get_context("fork").Process(target=prepare)
    preparing.start()
    # Meanwhile: it imports the addresses and views, which the server needs as well.
    fault = what_is_wrong()
    preparing.join()
    if fault or preparing.exitcode:
        sys.exit(fault or preparing.exitcode)
    sys.stdout.flush()
    serve(is_checked=True)


def what_is_wrong():
    """What Django's checks say against starting, else nothing."""
    from django.core.management import BaseCommand, CommandError

    try:
        BaseCommand().check()
    except CommandError as error:
        return str(error)
    return ""


def serve(*, is_checked):
    """Become the server; no worker gets a connection that was opened here."""
    from django.conf import settings
    from django.db import connections
    from gunicorn.app.wsgiapp import run

    settings.IS_CHECKED = is_checked
    connections.close_all()
    sys.argv = ["gunicorn", "--config", "config/gunicorn.py"]
    run()


def demo_environment():
    """The environment with the demo switched on, a secret key, a password and what to say when ready."""
    environment = dict(os.environ)
    environment["WAYMARK_ENV"] = "demo"
    environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    environment.setdefault("PORT", "8000")
    if not environment.get("SECRET_KEY"):
        environment["SECRET_KEY"] = kept_secret_key()
    if not environment.get("DEMO_PASSWORD"):
        environment["DEMO_PASSWORD"] = secrets.token_urlsafe(9)
    environment["READY_MESSAGE"] = (
        f"\n{OTHERS}\n"
        f"Open http://127.0.0.1:{environment['PORT']}/ in a browser, the office at /office/. "
        "Ctrl-C stops the site.\n"
        f"Administrator: {ADMINISTRATOR}   password: {environment['DEMO_PASSWORD']}   (at /admin/)"
    )
    return environment


def kept_secret_key():
    """This machine's own key, made once, so that cookies outlive a restart."""
    if not SECRET_FILE.exists():
        SECRET_FILE.parent.mkdir(exist_ok=True)
        SECRET_FILE.touch(mode=0o600)
        SECRET_FILE.write_text(secrets.token_urlsafe(50))
    return SECRET_FILE.read_text()


def set_up():
    """Read the settings and import the site; a wrong setting is one line."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))


def prepare():
    """Bring database and files up to date; quick when they are."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import DatabaseError

    try:
        bring_up_to_date()
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(str(error))
    except DatabaseError as error:
        sys.exit(f"The database cannot be used, see DATABASE_URL: {' '.join(str(error).split())}")


def bring_up_to_date():
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_cities")
    call_command("load_toolboxes")
    # It says the password, which is to be in the last line: the server's.
    call_command("demo_account", stdout=io.StringIO())
    if shutil.which("msgfmt") and (ROOT / "locale").is_dir():
        call_command("compilemessages", verbosity=0)
    static_files.collect(clear=True)


if __name__ == "__main__":
    main()
