"""The curators' workspace of one installation, behind one object."""

from __future__ import annotations

from kb.config import Settings
from kb.curation.accounts import Accounts
from kb.curation.comments import Comments
from kb.curation.database import Database
from kb.curation.drafts import Drafts
from kb.curation.history import History
from kb.curation.importing.jobs import Imports
from kb.curation.publishing import Publisher
from kb.curation.second_factor import SecondFactor
from kb.curation.sessions import Sessions
from kb.curation.set_publishing import Sets


class Workspace:
    """Accounts, drafts, reviews, publication and history. Opening it touches neither database nor files."""

    def __init__(self, settings: Settings, database: Database | None = None) -> None:
        self.database = database or Database(settings)
        self.accounts, self.sessions = Accounts(self.database), Sessions(self.database)
        self.second_factor = SecondFactor(self.database)
        self.drafts, self.comments = Drafts(self.database, settings.cases), Comments(self.database)
        self.history = History(self.database, settings.cases)
        self.sets = Sets(self.database, settings.cases, settings.instance, git=settings.git_commit)
        self.imports = Imports(self.database, settings.cases, self.sets)
        self.publisher = Publisher(self.database, settings.cases, settings.instance, git=settings.git_commit)

    def prepare(self) -> None:
        """Bring the database to its last schema and finish what was interrupted. Raises WorkspaceUnavailableError."""
        self.database.upgrade()
        self.publisher.observe()
        self.database.close()
