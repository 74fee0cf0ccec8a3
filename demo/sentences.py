"""What people write on a case. `str.format` fills in the debtor, an amount, a day to come or a day before."""

from dataclasses import dataclass

from law.vocabulary import Step


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: who writes it, and who may see it."""

    text: str
    by_staff: bool = True
    to_client: bool = True
    to_debtor: bool = False


REMARKS = (
    Remark("Appel au débiteur sans réponse, message laissé sur le répondeur."),
    Remark("Appel à {debtor} : la personne demande un rappel le {day}."),
    Remark("Le débiteur reconnaît la dette et propose un versement de {amount} le {day}."),
    Remark("Le débiteur conteste la dernière facture, il dit ne pas avoir reçu le bon de livraison."),
    Remark("Courrier revenu avec la mention « destinataire inconnu à l'adresse ». Recherche d'adresse lancée."),
    Remark("Échéancier proposé en trois mensualités de {amount}, la première le {day}.", to_debtor=True),
    Remark("Le règlement de {amount} est attendu au plus tard le {day}.", to_debtor=True),
    Remark("Votre versement de {amount} a bien été reçu, merci.", to_debtor=True),
    Remark("Situation vérifiée au registre, société active, aucune procédure collective.", to_client=False),
    Remark("Second contact par courriel, accusé de lecture reçu le {before}.", to_client=False),
    Remark("Nous avons retrouvé le bon de commande signé, je le transmets.", by_staff=False),
    Remark("Le débiteur nous a appelés directement, il promet de payer avant le {day}.", by_staff=False),
    Remark("Merci de ne pas accorder plus de trois échéances.", by_staff=False),
    Remark("Merci de me dire s’il y a du nouveau sur ce dossier.", by_staff=False),
    Remark("{debtor} n’est joignable que le matin.", by_staff=False),
)

OBSERVATIONS = (
    "Client régulier depuis plusieurs années, premier impayé.",
    "Deux relances amiables déjà envoyées par nos soins, sans réponse.",
    "Le débiteur invoque des difficultés passagères de trésorerie.",
    "Travaux réceptionnés sans réserve, procès-verbal disponible.",
    "Le chèque remis a été rejeté pour défaut de provision.",
    "Changement de gérant en cours d'année, interlocuteur à confirmer.",
    "Bon de commande et bons de livraison signés disponibles sur demande.",
)

STEPS: dict[int, str] = {
    Step.REMINDER_1: "Première relance envoyée par courriel et par lettre simple",
    Step.REMINDER_2: "Délai écoulé sans règlement, seconde relance envoyée",
    Step.FORMAL_NOTICE: "Mise en demeure envoyée en recommandé avec accusé de réception",
    Step.PRE_LITIGATION: "Sans réponse à la mise en demeure, pièces réunies",
    Step.PAYMENT_PLAN: "Échéancier accepté par le débiteur",
    Step.DISPUTE: "Le débiteur conteste la créance par écrit",
    Step.CLOSED: "Créance jugée irrécouvrable, dossier clos à la demande du client",
}

DEBTS = (
    ("Location prolongée de matériel", 4000, 9000),
    ("Frais de rejet de prélèvement", 1200, 2500),
    ("Frais de rejet de chèque", 3000, 5000),
    ("Caution de matériel non restitué", 15_000, 90_000),
)

METHODS = ("virement", "chèque", "carte bancaire", "prélèvement")
