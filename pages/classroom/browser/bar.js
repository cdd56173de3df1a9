// The bar of a class, at the foot of every page of a student or a teacher who is in one: votes, invitations, and the way out.
// It asks the server for the state of the class while its tab is on view, and draws what has changed.

import { ask, make } from "./ask.js";
import { drawn } from "./formula.js";
import { renew } from "./renew.js";

const SECONDS = 2; // between two questions
const DISMISSED = "backprop-lab-invitation"; // in the tab's storage: when the invitation was made that was declined

let base = "";
let place = null; // where the bar is drawn
let timer = 0;
let latest = { member: null, teacher: null };
let note = ""; // a sentence on what was done last
let closed = null; // the question whose vote has just been closed

// pages/ui/style.css leaves as much room at the end of the page: a vote may be as high as half of a phone.
const height = new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--class-bar-height", `${target.offsetHeight}px`);
});

export function mount({ data, parentElement }) {
  base = data.base;
  const bar = parentElement.querySelector(".bar");
  if (place && place !== bar) bar.replaceChildren(...place.childNodes);
  place = bar;
  height.disconnect();
  height.observe(bar);
  draw();
  refresh();
}

document.addEventListener("visibilitychange", () => refresh());

async function refresh() {
  clearTimeout(timer);
  if (document.hidden || !place?.isConnected) return;
  try {
    const state = await ask(base, "state", { page: pageOnView() });
    closed = latest.member?.poll && !state.member?.poll ? latest.member.poll : state.member?.poll ? null : closed;
    latest = state;
    draw();
  } catch {
    // The next question may be answered.
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, 1000 * SECONDS);
}

// The page and its part: nothing else of the address leaves the browser.
function pageOnView() {
  const part = new URLSearchParams(location.search).get("part");
  return path() + (part ? `?${new URLSearchParams({ part })}` : "");
}

const path = () => location.pathname.slice(base.length).replace(/^\/|\/$/g, "");

function draw() {
  const { member, teacher } = latest;
  if (place) renew(place, [...(member ? ofMember(member) : []), ...(teacher ? ofTeacher(teacher) : [])]);
}

// What a click asks for. The state follows at once.
async function act(action, content, done = "") {
  try {
    await ask(base, action, content);
    note = done;
  } catch (error) {
    note = error.message;
  }
  await refresh();
  draw();
}

function button(text, onclick, className = "") {
  const made = make("button", className, text, onclick);
  made.dataset.key = text;
  return made;
}

function ofMember({ name, pseudonym, open, poll }) {
  const parts = [];
  const invited = invitation();
  if (invited) parts.push(card(`Your teacher invites you to: ${invited.title}`, ...waysOf(invited)));
  if (poll) parts.push(vote(poll));
  else if (closed) parts.push(card("The vote is closed. Look at the projector.", button("OK", () => forgetVote())));
  const line = make("div", "line");
  line.append(make("span", "who", `Class ${name}: you are ${pseudonym}${open ? "" : " · the lesson is over"}`), make("span", "note", poll ? "" : note));
  const more = make("details");
  more.append(make("summary", "", "Leave"), make("span", "", "All that the class stores of you is deleted."));
  more.append(button("Leave and delete my data", () => leave(), "strong"));
  line.append(more);
  return [...parts, line];
}

function card(text, ...ways) {
  const made = make("div", "card");
  made.setAttribute("role", "status");
  const row = make("div", "ways");
  row.append(...ways);
  made.append(make("p", "", text), row);
  return made;
}

function forgetVote() {
  closed = null;
  draw();
}

async function leave() {
  await act("leave");
  location.reload();
}

// A vote counts as soon as it is clicked, and can be changed until it is closed: nobody forgets to send it.
function vote({ id, question, is_markdown, choices, mine, again }) {
  const made = make("div", "card vote");
  made.dataset.key = id;
  const head = make("p", "question");
  head.append(make("strong", "", again ? "Vote again: " : "Vote: "), drawn(question, is_markdown));
  const options = make("div", "options");
  options.setAttribute("role", "radiogroup");
  options.ariaLabel = head.textContent;
  choices.forEach((choice, number) => {
    const option = make("button", "option", "", () => act("vote", { poll: id, choice: number }));
    option.append(drawn(choice, is_markdown));
    option.setAttribute("role", "radio");
    option.ariaChecked = String(number === mine);
    option.dataset.key = `option ${number}`;
    options.append(option);
  });
  const stored = mine === null ? "Nobody else sees your answer." : "Your answer is stored. You can change it until the vote is closed.";
  const said = make("p", "note", note || stored);
  said.setAttribute("role", "status");
  made.append(head, options, said);
  return made;
}

// Invitations

function invitation() {
  const invited = latest.member?.invitation;
  const here = path() + location.search;
  return invited && String(invited.at) !== remembered() && invited.address !== here.replace(/\?$/, "") ? invited : null;
}

function remembered() {
  try {
    return sessionStorage.getItem(DISMISSED);
  } catch {
    return null;
  }
}

function waysOf({ address, at }) {
  const dismiss = () => {
    try {
      sessionStorage.setItem(DISMISSED, at);
    } catch {
      latest.member.invitation = null; // until the next answer of the server
    }
    draw();
  };
  const go = () => {
    if (hasUnsentText()) window.open(`${base}/${address}`, "_blank");
    else open(address);
    dismiss();
  };
  return [button("Go there", go, "strong"), button("Not now", dismiss)];
}

// Streamlit forgets what is typed in a form and not sent when another page is opened, so that one opens in a new tab then.
const typed = new Set();
const inForm = (element) => element.closest?.("[data-testid=stForm]");
document.addEventListener("input", ({ target }) => inForm(target) && typed.add(target), true);
document.addEventListener("keydown", ({ key, target }) => key === "Enter" && typed.delete(target), true);
document.addEventListener(
  "click",
  ({ target }) => {
    const sent = target.closest?.("[data-testid=stFormSubmitButton]") && inForm(target);
    for (const field of typed) if (!field.isConnected || sent?.contains(field)) typed.delete(field);
  },
  true,
);
const hasUnsentText = () => [...typed].some((field) => field.isConnected && field.value.trim());

// Opens a page in this session, as the browser's back and forward buttons do: nothing is loaded anew, and "back" leads back.
function open(address) {
  history.pushState({}, "", `${base}/${address}`);
  dispatchEvent(new PopStateEvent("popstate"));
}

// The teacher

function ofTeacher({ name, code, open: isOpen, members, invitation: invited, votes }) {
  const line = make("div", "line");
  const students = members === 1 ? "1 student" : `${members} students`;
  const lesson = isOpen ? `code ${code.slice(0, 3)} ${code.slice(3)} · ${students}` : `the lesson is over · ${students}`;
  line.append(make("span", "who", `Class ${name}: ${lesson}`), make("span", "note", note));
  if (votes !== null) {
    line.append(make("span", "", `${votes} of ${members} have voted`), button("Close the vote", () => act("close"), "strong"));
  }
  if (isOpen && invited) {
    line.append(make("span", "", `Invited to: ${invited.title}`), button("Withdraw", () => act("invite", { address: null })));
  }
  if (isOpen) line.append(button("Bring all screens here", () => bring()));
  line.append(button("Presenter mode", () => (location.hash = "presenter")));
  if (path() !== "teach") line.append(button("Teach", () => open("teach")));
  return [line];
}

function bring() {
  const [heading, part] = ["h1", "h2"].map((level) => document.querySelector(`[data-testid=stMain] ${level}`)?.textContent);
  const page = path() || "home";
  const title = [heading ?? page[0].toUpperCase() + page.slice(1), part].filter(Boolean).join(", ").slice(0, 80);
  act("invite", { address: path() + location.search, title });
}
