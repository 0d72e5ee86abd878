/* What stands under the marks: lanes, bands, rings, sectors, glows. */

const POSITION_TINTS = {
  paper: { upstream: '#eef4f6', midstream: '#eff5f3', downstream: '#f2f4ec', '': '#ffffff' },
  night: { upstream: '#132845', midstream: '#132b42', downstream: '#162b3b', '': '#13233f' },
};

function ellipse(ctx, item) {
  ctx.beginPath();
  ctx.ellipse(item.x, item.y, item.width, item.height, 0, item.start, item.end > item.start ? item.end : Math.PI * 2);
}

function caption(ctx, item, color, weight) {
  const size = Math.min(Math.max(item.size, 12 / atlas.scale), item.size * 1.25);
  const lines = t(item.label).split('\n');
  const fitted = { size, lines, lead: 1.3 };
  writeLines(ctx, fitted, item.x, item.y - lines.length * size * 0.65, color, weight, item.align);
}

const BACKDROPS = {
  panel(ctx, item) {
    rounded(ctx, item.x, item.y, item.width, item.height, 10);
    ctx.fillStyle = POSITION_TINTS[atlas.theme][item.tone] || palette().card;
    ctx.fill();
    ctx.lineWidth = 1;
    ctx.strokeStyle = palette().line;
    ctx.stroke();
  },
  chevron(ctx, item) {
    const tip = Math.min(16, item.width / 4);
    ctx.beginPath();
    ctx.moveTo(item.x, item.y);
    ctx.lineTo(item.x + item.width - tip + 8, item.y);
    ctx.lineTo(item.x + item.width + 8, item.y + item.height / 2);
    ctx.lineTo(item.x + item.width - tip + 8, item.y + item.height);
    ctx.lineTo(item.x, item.y + item.height);
    ctx.lineTo(item.x + tip - 4, item.y + item.height / 2);
    ctx.closePath();
    ctx.fillStyle = palette()[item.tone];
    ctx.fill();
    const middle = { ...item, x: item.x + item.width / 2 + 4, y: item.y + item.height / 2 };
    caption(ctx, middle, '#ffffff', 700);
  },
  strip(ctx, item) {
    ctx.save();
    rounded(ctx, item.x, item.y, item.width, item.height, 5);
    ctx.fillStyle = palette().line;
    ctx.globalAlpha *= 0.7;
    ctx.fill();
    ctx.globalAlpha = 1;
    const name = t(item.label);
    const size = Math.min(item.size, item.width * 0.66);
    const upright = WIDE.test(name);
    const step = size * 1.25;
    const shown = upright ? [...name].slice(0, Math.floor(item.height / step)) : [shorten(ctx, name, item.height - 8, size, 600)];
    if (upright) {
      writeLines(ctx, { size, lines: shown, lead: 1.25 }, item.x + item.width / 2, item.y + (item.height - shown.length * step) / 2, palette().quiet, 600, 'center');
    } else {
      ctx.translate(item.x + item.width / 2, item.y + item.height / 2);
      ctx.rotate(-Math.PI / 2);
      writeLines(ctx, { size, lines: shown, lead: 1.2 }, 0, -size * 0.6, palette().quiet, 600, 'center');
    }
    ctx.restore();
  },
  text(ctx, item) {
    caption(ctx, item, item.tone === 'strong' ? palette().ink : palette().quiet, item.tone === 'strong' ? 700 : 400);
  },
  ring(ctx, item) {
    ellipse(ctx, item);
    ctx.lineWidth = item.tone === 'orbit' ? 0.8 : 1.2;
    ctx.setLineDash(item.tone === 'orbit' ? [] : [2, 5]);
    ctx.strokeStyle = palette().ring;
    ctx.stroke();
    ctx.setLineDash([]);
  },
  belt(ctx, item) {
    ctx.save();
    ellipse(ctx, item);
    ctx.lineWidth = item.size;
    ctx.strokeStyle = palette().ring;
    ctx.globalAlpha *= 0.22;
    ctx.stroke();
    ctx.restore();
  },
  wedge(ctx, item) {
    ctx.beginPath();
    ctx.moveTo(item.x, item.y);
    ctx.ellipse(item.x, item.y, item.width, item.height, 0, item.start, item.end);
    ctx.closePath();
    ctx.fillStyle = palette()[item.tone];
    ctx.globalAlpha *= item.hue % 2 ? 0.13 : 0.07;
    ctx.fill();
  },
  glow(ctx, item) {
    ctx.save();
    ctx.translate(item.x, item.y);
    ctx.scale(1, item.height / item.width);
    const light = ctx.createRadialGradient(0, 0, 0, 0, 0, item.width);
    const color = hue(item.hue);
    const alpha = Math.round(palette().glow * 255).toString(16).padStart(2, '0');
    light.addColorStop(0, color + alpha);
    light.addColorStop(0.55, `${color}22`);
    light.addColorStop(1, `${color}00`);
    ctx.fillStyle = light;
    ctx.beginPath();
    ctx.arc(0, 0, item.width, 0, Math.PI * 2);
    ctx.fill();
    ctx.restore();
  },
};

/* Beams from the anchors to the firms they share, the wider the larger the share: all while they can be told apart, then
   those of what is selected. */
const MOST_BEAMS = 120;
const MOONS = new Map(data.nodes.filter((node) => node.mark === 'moon').map((node) => [node.hue, node]));

function drawBeams(ctx) {
  const beams = data.nodes.filter((node) => node.state === 'shared' && allowed(node))
    .flatMap((star) => star.shares.map(([index, weight]) => ({ star, moon: MOONS.get(index), weight })));
  for (const { star, moon, weight } of beams) {
    const picked = star.id === atlas.selected || moon.id === atlas.selected;
    if (!allowed(moon) || (!picked && beams.length > MOST_BEAMS)) continue;
    const turn = Math.atan2(star.y - moon.y, star.x - moon.x);
    const spread = Math.min(0.8, Math.max(0.1, weight));
    ctx.save();
    ctx.beginPath();
    ctx.moveTo(star.x, star.y);
    ctx.arc(moon.x, moon.y, moon.width / 2, turn - spread, turn + spread);
    ctx.closePath();
    ctx.fillStyle = hue(moon.hue);
    ctx.globalAlpha *= picked ? 0.45 : atlas.near ? 0.05 : 0.16;
    ctx.fill();
    ctx.restore();
  }
}

/* The percentages of the selected firm, each at the foot of its beam. */
function drawShares(ctx) {
  const star = atlas.nodes.get(atlas.selected);
  if (!star || star.state !== 'shared') return;
  const size = 12 / atlas.scale;
  for (const [index, weight] of star.shares) {
    const moon = MOONS.get(index);
    const turn = Math.atan2(star.y - moon.y, star.x - moon.x);
    const reach = moon.width / 2 + size * 1.6;
    const [x, y] = [moon.x + reach * Math.cos(turn), moon.y + reach * Math.sin(turn)];
    const text = `${Math.round(100 * weight)}%`;
    const width = measure(ctx, text, size, 700) + size * 0.6;
    rounded(ctx, x - width / 2, y - size * 0.75, width, size * 1.5, size * 0.4);
    ctx.fillStyle = palette().card;
    ctx.fill();
    writeLines(ctx, { size, lines: [text], lead: 1.5 }, x, y - size * 0.75, palette().ink, 700, 'center');
  }
}

function drawBackdrops(ctx) {
  for (const item of data.backdrops) {
    ctx.save();
    if (BACKDROPS[item.shape]) BACKDROPS[item.shape](ctx, item);
    ctx.restore();
  }
  drawBeams(ctx);
}
