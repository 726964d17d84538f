"""``chairside staff``: the practice's people, and their log-ins."""

from typing import Annotated, Any

import typer

from cli.data_folder import Records, with_records, with_records_of
from cli.durations import shown
from cli.errors import UserError
from cli.options import DataDir, load_settings, server_url
from cli.output import AsJson, picked, print_json, print_rows, print_secret, tell
from config.settings import Settings
from practice.practice_file.service import PracticeFiles
from practice.staff.service import LINK_LIFETIME, Staff

staff = typer.Typer(
    no_args_is_help=True, help="Add the practice's people, give them log-ins, take them away."
)
ROLES = {"admin": "ADMIN", "desk": "SITE_USER"}
"""``admin`` may change what the bot says and does, ``desk`` answers and reads."""
Email = Annotated[str, typer.Argument(help="Their e-mail address.")]


@staff.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Such as “Maria Ortiz”.")],
    role: Annotated[
        str, typer.Option(help="admin may change what the bot says and does; desk answers and reads.")
    ] = "desk",
    site: Annotated[int | None, typer.Option(help="Their site.", show_default="the only one")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add somebody. They choose a password by a link that is printed once."""
    if role not in ROLES:
        raise UserError(f"--role is one of {', '.join(ROLES)}.")
    if "@" not in email or not name.strip():
        raise UserError("Give an e-mail address, and a name with --name.")
    first, _, last = " ".join(name.split()).partition(" ")
    settings = load_settings(data_dir)

    async def work(records: Records) -> str:
        people, sites = records.of(Staff), (site if site is not None else await _only_site(records),)
        await people.create(email, None, first_name=first, last_name=last, role=ROLES[role], site_ids=sites)
        return await people.make_link(email)

    show_link(settings, email, with_records_of(settings, work, noted="staff.add"), as_json=as_json)


@staff.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the people who may log in, or may not any more."""
    found = with_records(data_dir, lambda records: records.of(Staff).list_staff())
    rows: list[dict[str, Any]] = [
        {
            "email": one.staff.email,
            "name": f"{one.staff.first_name} {one.staff.last_name}".strip(),
            "role": next(name for name, role in ROLES.items() if role == one.staff.role),
            "sites": list(one.staff.site_ids),
            "state": "disabled" if one.disabled_at else "logs in" if one.has_password else "no password yet",
        }
        for one in found
    ]
    print_rows(
        as_json,
        "staff",
        rows,
        dict,
        lambda one: {**one, "sites": ", ".join(map(str, one["sites"]))},
        "Nobody can log in. Add somebody: chairside staff add EMAIL --name NAME",
    )


@staff.command()
def passwd(
    email: Email,
    one_step: Annotated[
        bool, typer.Option("--one-step", help="Take their second step away too: the telephone is lost.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print a link by which somebody chooses a password, for the first time or anew."""
    settings = load_settings(data_dir)

    async def work(records: Records) -> str:
        if one_step:
            await records.of(Staff).remove_second_factor(email)
        return await records.of(Staff).make_link(email)

    show_link(settings, email, with_records_of(settings, work, noted="staff.passwd"), as_json=as_json)


@staff.command()
def disable(
    email: Email,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Let somebody in no more, from this moment; what they did stays."""
    changed = with_records(
        data_dir,
        lambda records: records.of(Staff).set_disabled(email, disabled=not undo),
        noted="staff.enable" if undo else "staff.disable",
    )
    said = f"{changed.email} may log in {'again' if undo else 'no more'}."
    tell(as_json, {"email": changed.email, "disabled": not undo}, said)


@staff.command()
def sessions(
    end: Annotated[str | None, typer.Option(help="End this session: sess_…, as the list shows it.")] = None,
    end_all: Annotated[
        str | None, typer.Option(help="End every session of this person: their e-mail address.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List who is logged in, end a session, or all of somebody's."""
    if end is not None:
        with_records(
            data_dir,
            lambda records: records.of(Staff).end_listed_session(end),
            noted="staff.end_session",
            about=end,
        )
        tell(as_json, {"session": end, "ended": True}, f"{end} is over.")
        return
    if end_all is not None:
        with_records(
            data_dir, lambda records: records.of(Staff).end_sessions_of(end_all), noted="staff.end_sessions"
        )
        tell(as_json, {"email": end_all, "ended": True}, f"{end_all} is logged in nowhere.")
        return
    found = with_records(data_dir, lambda records: records.of(Staff).list_sessions())
    print_rows(
        as_json,
        "sessions",
        found,
        lambda one: {**picked(one, "id email since"), "until": one.expires_at},
        lambda one: {
            "session": one.id,
            "email": one.email,
            "since": shown(one.since),
            "until": shown(one.expires_at),
        },
        "Nobody is logged in.",
    )


def show_link(settings: Settings, email: str, token: str, *, as_json: bool) -> None:
    """Show the link by which somebody chooses a password."""
    base = (settings.server.public_url or server_url(settings)).rstrip("/")
    link = f"{base}/console/first-log-in?token={token}"
    if as_json:
        print_json({"email": email, "link": link})
    else:
        hours = int(LINK_LIFETIME.total_seconds() // 3600)
        print_secret(f"By this link {email} chooses a password, once, within {hours} hours.", link)


async def _only_site(records: Records) -> int:
    found = await records.of(PracticeFiles).list_practices()
    if len(found) != 1:
        raise UserError(
            "There is no practice yet: chairside init"
            if not found
            else "Say at which site with --site: " + ", ".join(f"{one.site_id} ({one.name})" for one in found)
        )
    return found[0].site_id
