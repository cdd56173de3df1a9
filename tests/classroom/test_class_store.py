"""Classes in the database: who may do what, and what is left afterwards."""

import re
import threading
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import make_url, select

from nnlib.classroom import codes, texts
from nnlib.classroom import store as stores
from nnlib.classroom.database import configured
from nnlib.classroom.errors import ClassError, Conflict, NotAllowed, TooMany
from nnlib.classroom.models import Base, Classroom, Member
from nnlib.classroom.routes import delete_expired
from nnlib.classroom.store import Store, open_store
from nnlib.classroom.term import TERM_DAYS

QUESTION, CHOICES = "Which one?", ["this", "that"]


def rows(store):
    """How many rows each table has."""
    with store._read() as session:
        return {table.name: len(session.execute(select(table)).all()) for table in Base.metadata.sorted_tables}


def later(monkeypatch, seconds):
    """Let time pass."""
    now = stores.time.time()
    monkeypatch.setattr(stores.time, "time", lambda: now + seconds)


def test_a_code_lets_students_join_and_shows_nothing_to_them(store, secret, join):
    ada = store.membership(join("Ada"))
    assert (ada.pseudonym, ada.name, ada.is_open, ada.poll, ada.invitation) == ("Ada", "10b", True, None, None)
    code = store.lesson(secret).code
    store.join(f" {code[:3].lower()}-{code[3:]} ", "Bob")
    assert store.lesson(secret).members == 2


@pytest.mark.parametrize("code", ["AAAAAA", "", "0OIL1!", None, 7, "A" * 1000, "ABC' OR 1=1"])
def test_a_wrong_code_is_refused(store, secret, code):
    with pytest.raises(NotAllowed):
        store.join(code, "Ada")
    assert store.lesson(secret).members == 0


@pytest.mark.parametrize("pseudonym", ["", "  ", "A" * 31, None, ["Ada"], "A\u202eda", "A\x00da", "A" * 10**6])
def test_a_pseudonym_is_short_and_can_be_seen(join, pseudonym):
    with pytest.raises(ClassError, match="A pseudonym has 1 to 30 characters"):
        join(pseudonym)


@pytest.mark.parametrize("other", ["Ada", "ADA", "  ada ", "Ａｄａ"])
def test_a_pseudonym_is_unique_in_a_class_and_free_in_others(store, join, other):
    join("Ada")
    with pytest.raises(Conflict, match="choose another"):
        join(other)
    store.join(store.lesson(store.open_class("11a")).code, other)


def test_pseudonyms_of_the_longest_spelling_are_stored(store, join):
    assert store.membership(join("ﷺ" * 30)).pseudonym == "ﷺ" * 30


@pytest.mark.parametrize("wrong", ["", "x" * 32, None, 5, {}, "a' OR '1'='1"])
def test_a_wrong_secret_opens_nothing(store, join, wrong):
    join("Ada")
    for method in (store.lesson, store.end_lesson, store.delete_class, store.students, store.tallies, store.open_again):
        with pytest.raises(NotAllowed, match="not valid"):
            method(wrong)
    with pytest.raises(NotAllowed):
        store.membership(wrong)
    with pytest.raises(NotAllowed):
        store.vote(wrong, 1, 0)


def test_a_member_is_no_teacher_and_a_teacher_no_member(store, secret, join):
    with pytest.raises(NotAllowed):
        store.students(join("Ada"))
    with pytest.raises(NotAllowed):
        store.membership(secret)


def test_the_end_of_a_lesson_closes_the_code_and_the_vote(store, secret, join):
    ada, code = join("Ada"), store.lesson(secret).code
    poll = store.open_poll(secret, QUESTION, CHOICES)
    store.invite(secret, "softmax", "Softmax")
    store.end_lesson(secret)
    member = store.membership(ada)
    assert (member.is_open, member.poll, member.invitation) == (False, None, None)
    with pytest.raises(NotAllowed):
        store.join(code, "Bob")
    for attempt in (
        lambda: store.vote(ada, poll, 0),
        lambda: store.open_again(secret),
        lambda: store.invite(secret, "", "Home"),
    ):
        with pytest.raises(Conflict):
            attempt()
    store.begin_lesson(secret)
    assert store.lesson(secret).code != code
    assert store.membership(ada).is_open


def test_a_lesson_that_nobody_ends_ends_by_itself(store, secret, join, monkeypatch):
    ada, code = join("Ada"), store.lesson(secret).code
    later(monkeypatch, stores.LESSON_SECONDS + 1)
    assert not store.membership(ada).is_open
    with pytest.raises(NotAllowed):
        store.join(code, "Bob")


def everything_in(store, secret, token):
    """Let a member leave something in every table."""
    store.record(token, "exercise", "softmax-own", "ψ", False, "The sum is missing.")
    store.vote(token, store.open_poll(secret, QUESTION, CHOICES), 1)
    store.open_again(secret)


def test_whoever_leaves_leaves_nothing(store, secret, join):
    ada, bob = join("Ada"), join("Bob")
    everything_in(store, secret, ada)
    store.leave(ada)
    store.leave(ada)
    left = rows(store)
    assert (left["classroom_member"], left["classroom_attempt"], left["classroom_vote"]) == (1, 0, 0)
    with pytest.raises(NotAllowed):
        store.record(ada, "exercise", "softmax-own", "ψ", True)
    store.remove_member(store.open_class("11a"), store.membership(bob).id)  # a teacher of another class
    assert store.membership(bob)
    store.remove_member(secret, store.membership(bob).id)
    assert store.lesson(secret).members == 0


def test_a_class_is_deleted_at_once_by_its_teacher_and_after_a_term(store, secret, join, monkeypatch):
    everything_in(store, secret, join("Ada"))
    store.delete_class(secret)
    assert set(rows(store).values()) == {0}
    old = store.open_class("old")
    ada = store.join(store.lesson(old).code, "Ada")
    everything_in(store, old, ada)
    monkeypatch.setenv("NNLIB_CLASS_DAYS", "30")
    later(monkeypatch, TERM_DAYS * 86400 + 1)
    with pytest.raises(NotAllowed):
        store.lesson(old)
    with pytest.raises(NotAllowed):
        store.membership(ada)
    new = store.open_class("new")
    delete_expired()
    assert rows(store) == {table.name: int(table.name == "classroom") for table in Base.metadata.sorted_tables}
    assert store.lesson(new).expires_at == pytest.approx(stores.time.time() + 30 * 86400)


def test_a_class_and_a_member_have_limits(store, join, monkeypatch):
    ada = join("Ada")
    monkeypatch.setattr(stores, "MOST_MEMBERS", 1)
    monkeypatch.setattr(stores, "MOST_ATTEMPTS", 1)
    with pytest.raises(TooMany):
        join("Bob")
    store.record(ada, "exercise", "a", "1", True)
    with pytest.raises(TooMany):
        store.record(ada, "exercise", "a", "1", True)


def test_students_and_slips_since_the_lesson_began(store, secret, join):
    ada, bob = join("Ada"), join("Bob")
    for token, right, message in [
        (ada, False, "sign"),
        (ada, False, "sign"),
        (ada, True, ""),
        (bob, False, "sign"),
        (bob, None, ""),
    ]:
        store.record(token, "exercise", "softmax-own", "x", right, message)
    store.record(bob, "prediction", "softmax_code", "`np.exp`", False)
    store.see(bob, "train?hidden=3&key=abc&lr=1", 2)
    first, second = store.students(secret)
    assert [(each.tries, each.rights, each.solved, each.message) for each in first.works] == [(3, 1, True, "")]
    assert [(each.tries, each.rights, each.solved) for each in second.works] == [(2, 0, False)]
    assert (second.page, second.runs) == ("train?hidden=3&lr=1", 2)
    assert [(each.item, each.message, each.students) for each in store.slips(secret)] == [("softmax-own", "sign", 2)]
    assert [each.kind for each in store.attempts(bob)] == ["exercise", "exercise", "prediction"]
    store.begin_lesson(secret)
    assert [each.works for each in store.students(secret)] == [[], []]
    assert store.slips(secret) == []


def test_votes_are_hidden_until_they_are_closed_and_stand_side_by_side(store, secret, join):
    ada, bob = join("Ada"), join("Bob")
    store.vote(ada, store.open_poll(secret, QUESTION, CHOICES, answer=1), 0)
    (tally,) = store.tallies(secret)
    assert (tally.votes, tally.counts, store.membership(ada).vote, store.membership(bob).vote) == (1, None, 0, None)
    store.close_poll(secret)
    again = store.open_again(secret)
    assert store.membership(bob).poll.again
    store.vote(ada, again, 1)
    store.vote(bob, again, 1)
    store.close_poll(secret)
    assert [(each.is_open, each.counts, each.answer) for each in store.tallies(secret)] == [
        (False, [1, 0], 1),
        (False, [0, 2], 1),
    ]
    store.open_poll(secret, "Another?", CHOICES)
    assert [each.question for each in store.tallies(secret)] == ["Another?"]


@pytest.mark.parametrize("choice", [-1, 2, True, 0.0, "0", None, [], 10**30])
def test_a_vote_is_for_one_of_the_answers(store, secret, join, choice):
    poll = store.open_poll(secret, QUESTION, CHOICES)
    with pytest.raises(ClassError, match="Choose one"):
        store.vote(join("Ada"), poll, choice)


@pytest.mark.parametrize("poll", [0, None, "1", 10**30, True])
def test_a_vote_is_in_an_open_poll_of_ones_own_class(store, secret, join, poll):
    other = store.open_class("11a")
    elsewhere = store.open_poll(other, QUESTION, CHOICES)
    for number in (poll, elsewhere):
        with pytest.raises(Conflict, match="closed"):
            store.vote(join(f"Ada {number!r}"[:30]), number, 0)


@pytest.mark.parametrize("choices", [[], ["a"], ["a", "a"], ["a", ""], list("abcdefgh"), "ab", None, ["a", 2]])
def test_a_question_has_different_answers(store, secret, choices):
    with pytest.raises(ClassError):
        store.open_poll(secret, QUESTION, choices)


def test_thirty_votes_at_once_are_all_counted_once(store, secret, join):
    tokens = [join(f"student {number}") for number in range(30)]
    poll = store.open_poll(secret, QUESTION, CHOICES)
    refused = []

    def vote(token, number):
        for choice in (0, number % 2):  # the second answer replaces the first
            try:
                store.vote(token, poll, choice)
            except ClassError as error:
                refused.append(error)

    threads = [threading.Thread(target=vote, args=each) for each in zip(tokens * 2, [*range(30)] * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close_poll(secret)
    assert refused == []
    assert store.tallies(secret)[0].counts == [15, 15]


class Voting(RuleBasedStateMachine):
    """Members join, vote, change their minds and leave while polls open and close."""

    members = Bundle("members")

    @initialize()
    def open_class(self):
        engine = configured(make_url("sqlite://"))
        Base.metadata.create_all(engine)
        self.store = Store(engine)
        self.secret = self.store.open_class("10b")
        self.names, self.polls, self.ids = {}, [], []

    @rule(target=members)
    def join(self):
        token = self.store.join(self.store.lesson(self.secret).code, f"member {len(self.names)}")
        self.names[token] = True
        return token

    @rule(token=members)
    def leave(self, token):
        self.store.leave(token)
        self.names[token] = False
        for votes in self.polls:
            votes.pop(token, None)

    @rule()
    def put(self):
        self.ids = [self.store.open_poll(self.secret, QUESTION, CHOICES)]
        self.polls, self.open = [{}], True

    @rule()
    def put_again(self):
        if self.polls:
            self.ids.append(self.store.open_again(self.secret))
            self.polls.append({})
            self.open = True

    @rule()
    def close(self):
        self.store.close_poll(self.secret)
        self.open = False

    @rule(token=members, choice=st.integers(0, 1), late=st.booleans())
    def vote(self, token, choice, late):
        if not self.polls:
            return
        poll = self.ids[0 if late else -1]
        counts = self.names[token] and self.open and poll == self.ids[-1]
        try:
            self.store.vote(token, poll, choice)
            assert counts
            self.polls[-1][token] = choice
        except (NotAllowed, Conflict):
            assert not counts

    @invariant()
    def every_vote_counts_once(self):
        if not hasattr(self, "store"):
            return
        tallies = self.store.tallies(self.secret)
        assert [each.votes for each in tallies] == [len(votes) for votes in self.polls]
        for tally, votes in zip(tallies, self.polls):
            assert tally.counts in (None, [[*votes.values()].count(choice) for choice in (0, 1)])


TestVoting = Voting.TestCase
TestVoting.settings = settings(max_examples=8, stateful_step_count=15)


PIECES = st.lists(st.sampled_from(["key=a", "run=b", "key", "=", "&", "?", "/", "#"]), max_size=8).map("".join)


@given(st.text(max_size=60) | PIECES | PIECES.map("train?{}".format))
def test_any_text_is_an_address_of_this_app_or_refused(text):
    try:
        page, _, query = texts.address(text).partition("?")
    except ClassError:
        return
    assert set(page) <= {*ascii_lowercase, "_"}
    assert not any(each.startswith("key=") for each in re.split("[?&]", query))


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "javascript:alert(1)", "train#x", "../x", "a" * 40, 5]
)
def test_an_invitation_leads_to_a_page_of_the_app(store, secret, address):
    with pytest.raises(ClassError, match="not the address"):
        store.invite(secret, address, "Page")


def test_an_invitation_lets_students_watch_a_run_and_not_control_it(store, secret, join):
    store.invite(secret, "train?run=abc&key=abc&hidden=3", "Train")
    assert store.membership(join("Ada")).invitation["address"] == "train?run=abc&hidden=3"
    store.invite(secret, None, None)
    assert store.lesson(secret).invitation is None


@given(st.text())
@settings(max_examples=30)
def test_any_text_is_a_code_or_refused(text):
    try:
        assert set(codes.read_code(text)) <= set(codes.LETTERS)
    except NotAllowed:
        pass


def test_no_database_is_made_to_join(runs):
    with pytest.raises(NotAllowed, match="no class with this code"):
        open_store()
    assert not runs.exists()


def test_secrets_are_not_stored(store, secret, join):
    token = join("Ada")
    with store._read() as session:
        stored = [session.scalar(select(Classroom.secret)), session.scalar(select(Member.token))]
    assert stored == [codes.digest(secret), codes.digest(token)]


def test_the_leaderboard_counts_missions_in_rounds(store, secret, join):
    ada, bob, eve = map(join, ("Ada", "Bob", "Eve"))
    for token, mission in ((bob, "bend"), (ada, "bend"), (ada, "six"), (ada, "bend"), (bob, "six"), (eve, "six")):
        store.record(token, "mission", mission, "", True)
    store.record(eve, "mission", "bend", "", False)
    assert [(each.pseudonym, each.missions) for each in store.leaders(secret)] == [
        ("Ada", ["bend", "six"]),
        ("Bob", ["bend", "six"]),
        ("Eve", ["six"]),
    ]
    store.begin_round(secret)
    assert store.leaders(secret) == []
    store.record(eve, "mission", "bend", "", True)
    assert [each.pseudonym for each in store.leaders(secret)] == ["Eve"]
