"""Organisations: bodies that issue and publish, found by id, name, or any title that they go by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

import orjson
from sqlalchemy import bindparam, delete, insert, or_, select, update

from catalog.errors import NotFound
from catalog.store.base import Bound, Fields, Writing
from catalog.store.codec import dumps, stored_key
from catalog.store.identity import new_id
from catalog.store.rows import Organization, OrganizationDraft
from catalog.store.sql import among
from catalog.store.tables import organization_titles, organizations

_COLUMNS = (
    organizations.c.id, organizations.c.name, organizations.c.title, organizations.c.level, organizations.c.region,
    organizations.c.parent_id, organizations.c.contact, organizations.c.created_at, organizations.c.updated_at,
)  # fmt: skip

_BY_IDS = select(*_COLUMNS).where(among(organizations.c.id, "ids")).order_by(organizations.c.title)
_LIST = (
    select(*_COLUMNS)
    .where(
        or_(
            organizations.c.title.icontains(bindparam("q"), escape="\\"),
            organizations.c.name.icontains(bindparam("q"), escape="\\"),
        )
    )
    .order_by(organizations.c.title, organizations.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_ONE = select(organizations.c.id).where(
    or_(organizations.c.id == bindparam("key"), organizations.c.name == bindparam("key"))
)
_TITLES = select(organization_titles.c.title, organization_titles.c.organization_id).where(
    among(organization_titles.c.title, "titles")
)
_TITLES_OF = (
    select(organization_titles.c.organization_id, organization_titles.c.title)
    .where(among(organization_titles.c.organization_id, "ids"))
    .order_by(organization_titles.c.title)
)
_NAMES = select(organizations.c.name).where(among(organizations.c.name, "names"))
_INSERT = insert(organizations)
_INSERT_TITLE = insert(organization_titles)
_DROP_TITLES = delete(organization_titles).where(organization_titles.c.organization_id == bindparam("id"))
_UPDATE = (
    update(organizations)
    .where(organizations.c.id == bindparam("p_id"))
    .values(
        {
            organizations.c[name]: bindparam(f"p_{name}")
            for name in ("name", "title", "level", "region", "parent_id", "contact", "updated_at")
        }
    )
)

Describe = Callable[[str], OrganizationDraft]
"""Tells what is known of an organisation from its title; asked only for those that are new."""


class OrganizationReads(Bound):
    """Organisations by id, name and title."""

    def organizations(
        self, ids: Iterable[str] | None = None, *, q: str = "", limit: int = 100, offset: int = 0
    ) -> list[Organization]:
        """Organisations by their ids; or all whose title or name contains `q`, a page at a time; in the order of their titles."""
        if ids is not None:
            rows = self._many(_BY_IDS, "ids", ids)
        else:
            rows = self._rows(_LIST, q=_escaped(q), limit=limit, offset=offset)
        titles: dict[str, list[str]] = {row[0]: [] for row in rows}
        for organization_id, title in self._many(_TITLES_OF, "ids", titles):
            titles[organization_id].append(title)
        return [_organization(row, titles[row[0]]) for row in rows]

    def organization(self, id_or_name_or_title: str) -> Organization | None:
        """One organisation by its id, its name, or a title that it goes by."""
        row = self._row(_ONE, key=id_or_name_or_title)
        found = row[0] if row is not None else self.organization_ids([id_or_name_or_title]).get(id_or_name_or_title)
        return None if found is None else self.organizations([found])[0]

    def organization_ids(self, titles: Iterable[str]) -> dict[str, str]:
        """The ids of the organisations that go by titles; an unknown title is left out."""
        asked = {stored_key(title): title for title in titles}
        return {asked[row[0]]: row[1] for row in self._many(_TITLES, "titles", asked)}


class OrganizationWrites(OrganizationReads, Writing):
    """Organisations that are met for the first time, and what is learnt of them later."""

    def ensure_organizations(self, titles: Iterable[str], *, describe: Describe | None = None) -> dict[str, str]:
        """The ids of the organisations of these titles, made where there are none yet. `describe` tells what a new one is like."""
        wanted = list(dict.fromkeys(titles))
        known = self.organization_ids(wanted)
        drafts = {title: (describe or _undescribed)(title) for title in wanted if title not in known}
        names = self._free_names({title: draft.name for title, draft in drafts.items()})
        made = {title: new_id() for title in drafts}
        self._put(
            _INSERT,
            [
                {
                    "id": made[title],
                    "name": names[title],
                    "title": title,
                    "level": draft.level,
                    "region": draft.region,
                    "parent_id": draft.parent_id,
                    "contact": "{}",
                    "created_at": self.now,
                    "updated_at": self.now,
                }
                for title, draft in drafts.items()
            ],
        )
        self._put(_INSERT_TITLE, [{"title": stored_key(title), "organization_id": made[title]} for title in drafts])
        return known | made

    def update_organization(self, organization: Organization) -> None:
        """Replace what is known of an organisation, its further titles included. Raises `NotFound`; `Conflict` for a taken name or title."""
        if not self.organizations([organization.id]):
            raise NotFound(f"no organisation has the id {organization.id}")
        self._put(
            _UPDATE,
            [
                {
                    "p_id": organization.id,
                    "p_name": organization.name,
                    "p_title": organization.title,
                    "p_level": organization.level,
                    "p_region": organization.region,
                    "p_parent_id": organization.parent_id,
                    "p_contact": dumps(organization.contact),
                    "p_updated_at": self.now,
                }
            ],
        )
        self._connection.execute(_DROP_TITLES, {"id": organization.id})
        titles = {stored_key(title) for title in (organization.title, *organization.other_titles)}
        self._put(_INSERT_TITLE, [{"title": title, "organization_id": organization.id} for title in titles])

    def _free_names(self, wanted: dict[str, str]) -> dict[str, str]:
        """The wished name of each title, with the first digits of the title's digest where it is taken."""
        taken = {row[0] for row in self._many(_NAMES, "names", wanted.values())}
        free: dict[str, str] = {}
        for title, name in wanted.items():
            free[title] = name if name not in taken else f"{name}-{_digest(title)}"
            taken.add(free[title])
        return free


def _organization(row: Fields, titles: Sequence[str]) -> Organization:
    others = tuple(title for title in titles if title != stored_key(row[2]))
    return Organization(*[*row[:6], orjson.loads(row[6]), *row[7:], others])


def _undescribed(title: str) -> OrganizationDraft:
    return OrganizationDraft(f"org-{_digest(title)}")


def _digest(title: str) -> str:
    return hashlib.sha256(title.encode()).hexdigest()[:12]


def _escaped(q: str) -> str:
    return q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
