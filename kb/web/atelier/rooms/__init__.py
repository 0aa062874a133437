"""The rooms of the workspace; importing them gives the blueprint its routes."""

from kb.web.atelier.rooms import brouillons, comptes, connexion, fiches, historique, refus, relecture

__all__ = ["brouillons", "comptes", "connexion", "fiches", "historique", "refus", "relecture"]
