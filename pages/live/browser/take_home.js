// The menu of files that a learner can take home: of a run that is paused or has ended, as far as it has come.

export class TakeHome {
  /**
   * @param {HTMLElement} menu   a details element with a link for each file
   * @param {function} fileOf    name → address of one of the run's files
   * @param {Notice} notice      says why a file cannot be had
   */
  constructor(menu, fileOf, notice) {
    this.menu = menu;
    this.fileOf = fileOf;
    this.notice = notice;
    this.links = menu.querySelectorAll("a");
    for (const link of this.links)
      link.onclick = (event) => {
        event.preventDefault(); // a browser would store the server's refusal, or say nothing of it
        this.download(link);
      };
    closeByKeyboard(menu);
  }

  /** @param {Run} run */
  show(run) {
    this.menu.hidden = !run.still || !run.step;
    if (this.menu.hidden) this.menu.open = false;
    for (const link of this.links) link.href = this.fileOf(link.dataset.file) ?? "";
  }

  async download(link) {
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    this.notice.clear();
    try {
      const answer = await fetch(link.href);
      if (answer.ok) store(await answer.blob(), answer.headers.get("Content-Disposition"));
      else this.notice.show(await answer.text());
    } catch {
      this.notice.show("The file did not arrive, because the connection to the server was lost: try again.");
    }
    link.ariaBusy = "false";
  }
}

/** A menu closes with Escape, and when the focus leaves it. */
export function closeByKeyboard(menu) {
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !menu.contains(relatedTarget) && (menu.open = false));
}

/** @param {string} disposition  attachment; filename="run-abc.py" */
function store(content, disposition) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = disposition.match(/filename="(.+)"/)[1];
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may read it after this call
}
