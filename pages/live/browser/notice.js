// The box for messages that concern neither the settings nor the state of the run, such as a refused command.

export class Notice {
  constructor(box) {
    this.box = box;
  }

  show(message) {
    this.box.hidden = false;
    this.box.textContent = message;
  }

  /** Shows a message that ends with a link. */
  showLink(message, text, address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = text;
    this.show(message);
    this.box.append(link, ".");
  }

  /** Shows a message that ends with a text to copy, which is selected. */
  showText(message, text) {
    const field = document.createElement("input");
    Object.assign(field, { value: text, readOnly: true, ariaLabel: message });
    this.show(message);
    this.box.append(field);
    field.select();
  }

  clear() {
    this.box.hidden = true;
    this.box.textContent = "";
  }
}
