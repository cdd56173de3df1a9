"""Who needs help first."""

from nnlib.classroom.help_needed import AWAY, IDLE, SOLVED, STUCK, TRYING, counts, needs
from nnlib.classroom.records import Student, Work

NOW = 10_000.0


def student(pseudonym, *works, seen=0.0, moved=60.0, runs=0):
    """seen, moved: seconds ago."""
    return Student(hash(pseudonym), pseudonym, NOW - seen, "", NOW - moved, runs, list(works))


def work(tries, rights=0, ago=30.0, item="softmax-own"):
    return Work(item, tries, rights, "The sign.", NOW - ago)


def test_those_who_need_help_stand_first_also_the_silent_ones():
    found = needs(
        [
            student("has left", work(5, ago=600), seen=500, moved=900),
            student("has solved", work(5, rights=1)),
            student("tries", work(2)),
            student("trains", moved=900, runs=1),
            student("silent", moved=400),
            student("silent for longer", moved=900),
            student("stuck", work(3)),
            student("stuck more", work(5, ago=300), work(1, ago=1, item="other")),
        ],
        NOW,
    )
    assert [(each.student.pseudonym, each.state) for each in found] == [
        ("stuck more", STUCK),
        ("stuck", STUCK),
        ("silent for longer", IDLE),
        ("silent", IDLE),
        ("trains", TRYING),
        ("tries", TRYING),
        ("has solved", SOLVED),
        ("has left", AWAY),
    ]
    assert found[0].work.item == "softmax-own"  # where the problem is, not what was answered last


def test_exercises_that_most_have_not_solved_stand_first():
    students = [student("a", work(1, 1), work(1, item="hard")), student("b", work(2, 1), work(4, item="hard"))]
    assert [(each.item, each.tried, each.solved) for each in counts(students)] == [("hard", 2, 0), ("softmax-own", 2, 2)]
