"""Everything this program may raise on purpose, one class per cause.

KnowledgeBaseError
├── ConfigurationError      a setting is missing or makes no sense
├── TaxonomyError           `cases/taxonomy.yaml` or another vocabulary file cannot be used
├── CaseNotFoundError       no published case has this slug
├── ConflictError           the file changed since it was read
├── IndexUnavailableError   the index can be neither opened nor rebuilt
├── WorkspaceUnavailableError  the curators' database cannot be used
├── ForbiddenError          this account may not do that
└── RefusedError            what a curator asks cannot be done as things stand; the sentence says why

Messages are in French: they end up before a curator, on the site or in a terminal.
"""


class KnowledgeBaseError(Exception):
    """Any failure this program foresees; its text is a sentence that a curator can read."""


class ConfigurationError(KnowledgeBaseError):
    """A setting is missing or makes no sense."""


class TaxonomyError(KnowledgeBaseError):
    """A vocabulary file (taxonomy, organisations, lexicon) cannot be used as it stands."""


class CaseNotFoundError(KnowledgeBaseError):
    """No published case has this slug."""


class ConflictError(KnowledgeBaseError):
    """The file on disk is no longer the one that was read."""


class IndexUnavailableError(KnowledgeBaseError):
    """The search index can be neither opened nor rebuilt."""


class WorkspaceUnavailableError(KnowledgeBaseError):
    """The curators' database cannot be used; the public site does without it."""


class ForbiddenError(KnowledgeBaseError):
    """The account that asks may not do that."""


class RefusedError(KnowledgeBaseError):
    """What a curator asks cannot be done as things stand; the sentence says why and what to do."""
