// Which parts of the view are on the screen: pictures elsewhere are not drawn.

export class Visibility {
  /** @param {function} onChange  called when a part comes on the screen or leaves it */
  constructor(elements, onChange) {
    this.visible = new Map();
    this.observer = new IntersectionObserver((entries) => {
      for (const entry of entries) this.visible.set(entry.target, entry.isIntersecting);
      onChange();
    }, { rootMargin: "80px" });
    for (const element of elements) this.observer.observe(element);
  }

  isVisible(element) {
    return this.visible.get(element) !== false;
  }

  close() {
    this.observer.disconnect();
  }
}
