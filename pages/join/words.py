"""What is stored of a student, said before they join. docs/privacy.md says the same."""

from nnlib.classroom.term import class_days


def what_is_stored() -> str:
    """Five sentences."""
    return f"""
While you are in a class, this server stores your pseudonym, your votes, your answers to exercises and predictions, your
missions and exams with their time, which page of the app you have open, and how many runs you have going on. Your teacher
sees who is stuck, so as to help, and can show the class who has won missions; nobody sees how anyone voted. There
is no account and no e-mail address: choose a pseudonym that your teacher knows and strangers do not. All of it is deleted
{class_days()} days after the class was opened, or earlier when your teacher deletes the class. You can leave at any time in
the bar below, and everything stored of you is deleted at once.
"""
