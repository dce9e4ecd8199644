"use strict";
// The card as a picture, drawn on this device from what is shown: nothing is sent anywhere.
(() => {
  const card = document.getElementById("card");
  const SCALE = 3;
  const MARGIN = 14;

  const isShown = (element) => element.getClientRects().length > 0;

  // Keeps a number in one piece, read from left to right: else right-to-left text turns its groups around.
  const isolated = (text) => `\u2066${text.trim().replaceAll(" ", "\u00a0")}\u2069`;

  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/\s+/g, " ");
    if (!isShown(node)) return "";
    if (node.matches("bdi")) return isolated(node.textContent);
    const text = [...node.childNodes].map(read).join("");
    return node.matches(".card-run") ? `${text}\n` : text;
  };

  // The lines of a paragraph as they are read.
  const textOf = (element) => read(element).split("\n").map((text) => text.trim()).filter(Boolean);

  const wrapped = (context, text, width) => {
    const lines = [""];
    for (const word of text.split(/[ \n]+/)) {
      const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
      if (!lines.at(-1) || context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };

  const setFont = (context, style) => {
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.direction = style.direction;
  };

  // [{text, style, size}] for every line that the picture holds.
  const layOut = (context, width) => {
    const lines = [];
    for (const part of card.querySelectorAll("p")) {
      if (!isShown(part)) continue;
      const style = getComputedStyle(part);
      setFont(context, style);
      for (const text of textOf(part))
        for (const line of wrapped(context, text, width)) lines.push({ text: line, style });
      lines.push({ text: "", style });
    }
    return lines;
  };

  const draw = () => {
    const width = card.clientWidth - 2 * MARGIN;
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const lines = layOut(context, width);
    const heights = lines.map(({ text, style }) => parseFloat(style.fontSize) * (text ? 1.45 : 0.4));
    canvas.width = card.clientWidth * SCALE;
    canvas.height = (heights.reduce((sum, height) => sum + height, 0) + 2 * MARGIN) * SCALE;
    context.scale(SCALE, SCALE);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#111";
    let y = MARGIN;
    lines.forEach(({ text, style }, index) => {
      setFont(context, style);
      context.textAlign = "start";
      context.textBaseline = "top";
      context.fillText(text, style.direction === "rtl" ? MARGIN + width : MARGIN, y);
      y += heights[index];
    });
    return canvas;
  };

  const save = () =>
    draw().toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = "numbers.png";
      link.click();
      URL.revokeObjectURL(link.href);
    });

  for (const element of document.querySelectorAll("[data-picture]")) {
    element.hidden = false;
    if (element.matches("button")) element.addEventListener("click", save);
  }
})();
