'use strict';
/* The data of the page, its language, and text on a canvas: measuring, wrapping, fitting. */

const data = JSON.parse(document.getElementById('scene').textContent);
const atlas = { lang: data.lang, theme: data.theme, selected: null, hovered: null, near: null, scale: 1, sharpness: 1 };
const FONT = '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif';
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/;
const NO_LINE_START = '，。、；：！？）》」』】〉…·—-,.;:!?)]}%';

function t(text) {
  if (!text) return '';
  return atlas.lang === 'en' ? text.en || text.zh : text.zh || text.en;
}

function say(key) {
  return t(data.words[key]);
}

/* Every name reaches the page through textContent: markup in a name stays text. */
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  for (const child of children) {
    if (child) made.append(child);
  }
  return made;
}

const widths = new Map();

function font(size, weight) {
  return `${weight || 400} ${Math.round(size * 100) / 100}px ${FONT}`;
}

/* Width at a size: measured once at 100 px, so that it does not change with zoom. */
function measure(ctx, text, size, weight) {
  const key = `${weight || 400}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    const before = ctx.font;
    ctx.font = font(100, weight);
    width = ctx.measureText(text).width / 100;
    ctx.font = before;
    widths.set(key, width);
  }
  return width * size;
}

function pieces(text) {
  const parts = [];
  for (const character of text) {
    const last = parts.length ? parts[parts.length - 1] : '';
    const joins = last && (NO_LINE_START.includes(character)
      || (!WIDE.test(character) && !last.endsWith(' ') && !WIDE.test(last[last.length - 1])));
    if (joins) parts[parts.length - 1] += character;
    else parts.push(character);
  }
  return parts;
}

/* Break into lines no wider than `width`: Han anywhere, Latin at spaces, a too long word inside. */
function breakLines(ctx, text, width, size, weight) {
  const lines = [];
  let line = '';
  for (const part of pieces(text)) {
    if (line && measure(ctx, (line + part).trimEnd(), size, weight) > width) {
      lines.push(line.trimEnd());
      line = part.trimStart();
    } else line += part;
    while (line.length > 1 && measure(ctx, line.trimEnd(), size, weight) > width) {
      let cut = line.length - 1;
      while (cut > 1 && measure(ctx, line.slice(0, cut), size, weight) > width) cut -= 1;
      lines.push(line.slice(0, cut));
      line = line.slice(cut);
    }
  }
  if (line.trim()) lines.push(line.trimEnd());
  return lines;
}

function shorten(ctx, text, width, size, weight) {
  if (measure(ctx, text, size, weight) <= width) return text;
  let cut = text.length;
  while (cut > 1 && measure(ctx, `${text.slice(0, cut)}…`, size, weight) > width) cut -= 1;
  return `${text.slice(0, cut)}…`;
}

/* Find the largest size between `least` and `most` at which the text fits with no word broken (`whole`); at `least`,
   break words and shorten what still does not fit. */
function fitText(ctx, text, width, height, most, least, weight, leading) {
  const lead = leading || 1.28;
  for (let size = most; size >= least; size -= Math.max(0.5, size * 0.04)) {
    const lines = breakLines(ctx, text, width, size, weight);
    const whole = pieces(text).every((part) => measure(ctx, part.trimEnd(), size, weight) <= width);
    if (whole && lines.length * size * lead <= height + 0.5) return { size, lines, lead, whole };
  }
  const room = Math.max(1, Math.floor((height + 0.5) / (least * lead)));
  let lines = breakLines(ctx, text, width, least, weight);
  if (lines.length > room) {
    lines = lines.slice(0, room);
    lines[room - 1] = shorten(ctx, `${lines[room - 1]}……`, width, least, weight);
  }
  return { size: least, lines, lead, whole: false };
}

function writeLines(ctx, fitted, x, y, color, weight, align) {
  ctx.font = font(fitted.size, weight);
  ctx.fillStyle = color;
  ctx.textAlign = align || 'left';
  ctx.textBaseline = 'middle';
  const step = fitted.size * fitted.lead;
  fitted.lines.forEach((line, index) => ctx.fillText(line, x, y + step * (index + 0.5)));
}
