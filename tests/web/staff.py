"""One account for each role, and a browser in which each is signed in."""

from __future__ import annotations

from flask.testing import FlaskClient

from crm.db import db
from crm.models import Account, Assignment, SignIn
from crm.rules.roles import Role
from crm.web.access import COOKIE
from tests.practice import OWNER_EMAIL, Practice

NAMES = {
    Role.OWNER: "Connor",
    Role.COORDINATOR: "June",
    Role.CLINICIAN: "Paul",
    Role.ASSISTANT: "Ada",
    Role.READ_ONLY: "Vera",
}


class Staff:
    """Connor's practice with everybody who may work there."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        with practice.at_work() as session:
            owner = session.query(Account).filter_by(email=OWNER_EMAIL).one()
            self.ids = {Role.OWNER: owner.id}
            for role, name in list(NAMES.items())[1:]:
                email = f"{name.lower()}@springstreet.example"
                made = Account(
                    email=email,
                    name=name,
                    password_hash=owner.password_hash,
                    created_at=practice.now,
                    role=role,
                )
                session.add(made)
                session.flush()
                self.ids[role] = made.id

    def browser(self, role: Role) -> FlaskClient:
        browser = self.practice.app.test_client()
        with self.practice.at_work():
            token = SignIn.start(db.session.get_one(Account, self.ids[role]), self.practice.now)
        browser.set_cookie(COOKIE, token)
        self.practice.app.config["WTF_CSRF_ENABLED"] = False
        return browser

    def put(self, lead_id: int, role: Role = Role.CLINICIAN) -> None:
        """This person is in their care."""
        with self.practice.at_work():
            Assignment.put(lead_id, self.ids[role], self.practice.now)
