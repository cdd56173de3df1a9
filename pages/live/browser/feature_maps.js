// What the layers of a convolutional network make of one image: a row of pictures for each layer, one for each of its channels.

import { bytes } from "./base64.js";
import { imageCanvas } from "./canvas.js";
import { cell, element, setText } from "./elements.js";

export class FeatureMaps {
  constructor(find) {
    this.find = find;
  }

  /**
   * @param {{side: number, of: number, channels: number[], pixels: string}[]|undefined} layers  undefined: none of these pictures
   * @param {string} name  the class of the image
   */
  update(layers, name) {
    this.find("maps").hidden = !layers;
    setText(this.find("maps-title"), `What each layer makes of the first validation image (class ${name})`);
    this.find("maps-rows").replaceChildren(...(layers ?? []).map(({ side, of, channels, pixels }, l) => {
      const row = element("div", "");
      row.dataset.testid = `maps-${l + 1}`;
      row.setAttribute("role", "img");
      row.setAttribute("aria-label", `Layer ${l + 1}: ${channels.length} of ${of} channels, ${side} × ${side} pixels each`);
      const data = bytes(pixels);
      row.append(
        cell("span", `layer ${l + 1}: ${side} × ${side}`, { class: "muted" }),
        ...channels.map((channel, i) => {
          const picture = imageCanvas(data, i * side * side, [side, side, 1]);
          picture.title = `channel ${channel + 1}`;
          return picture;
        }),
      );
      return row;
    }));
  }
}
