/* Finding a thing by its name, an alias, or a firm written in a product's box. */

const MOST_FOUND = 14;
const finder = { hits: [], at: -1 };

function plainText(text) {
  return text.normalize('NFKC').toLowerCase();
}

function searchIndex() {
  const index = [];
  for (const node of atlas.nodes.values()) {
    const names = new Set([node.name.zh, node.name.en, node.short.zh, node.short.en].filter(Boolean));
    for (const name of names) index.push({ node, text: plainText(name), via: '' });
    for (const term of node.terms) {
      for (const name of new Set([term.zh, term.en].filter(Boolean))) {
        if (!names.has(name)) index.push({ node, text: plainText(name), via: name });
      }
    }
  }
  return index;
}

function findNames(words) {
  const wanted = plainText(words.trim());
  if (!wanted) return [];
  const best = new Map();
  for (const entry of atlas.index) {
    const where = entry.text.indexOf(wanted);
    if (where < 0) continue;
    const score = (entry.via ? 2 : 0) + (where ? 1 : 0) + (entry.text === wanted ? -1 : 0);
    const held = best.get(entry.node.id);
    if (!held || score < held.score) best.set(entry.node.id, { ...entry, score });
  }
  return [...best.values()].sort((a, b) => a.score - b.score || b.node.rank - a.node.rank || (a.node.id < b.node.id ? -1 : 1)).slice(0, MOST_FOUND);
}

function showFound() {
  const box = document.getElementById('search');
  const list = document.getElementById('found');
  finder.hits = findNames(box.value);
  finder.at = finder.hits.length ? 0 : -1;
  const open = Boolean(box.value.trim());
  list.hidden = !open;
  box.setAttribute('aria-expanded', String(open));
  list.replaceChildren(...(finder.hits.length ? finder.hits.map((hit, place) => element('li',
    { role: 'option', id: `hit-${place}`, onpointerdown: (event) => { event.preventDefault(); choose(place); } },
    element('span', { class: 'name' }, t(hit.node.name)),
    element('span', { class: 'via' }, [hit.via, atlas.visible(hit.node) ? '' : say('search_hidden')].filter(Boolean).join(' · ') || t(data.kinds[hit.node.kind]))))
    : [element('li', { class: 'none' }, say('search_empty'))]));
  markFound();
}

function markFound() {
  const box = document.getElementById('search');
  [...document.getElementById('found').children].forEach((item, place) => item.setAttribute('aria-selected', String(place === finder.at)));
  if (finder.at >= 0) box.setAttribute('aria-activedescendant', `hit-${finder.at}`);
  else box.removeAttribute('aria-activedescendant');
  const current = document.getElementById(`hit-${finder.at}`);
  if (current) current.scrollIntoView({ block: 'nearest' });
}

function closeFound() {
  document.getElementById('found').hidden = true;
  document.getElementById('search').setAttribute('aria-expanded', 'false');
}

function choose(place) {
  const hit = finder.hits[place];
  if (!hit) return;
  closeFound();
  if (!atlas.visible(hit.node)) atlas.showAll();
  atlas.focus(hit.node.id);
}

function watchSearch() {
  const box = document.getElementById('search');
  box.addEventListener('input', showFound);
  box.addEventListener('focus', () => { if (box.value.trim()) showFound(); });
  box.addEventListener('blur', closeFound);
  box.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (finder.hits.length) finder.at = (finder.at + step + finder.hits.length) % finder.hits.length;
      markFound();
      event.preventDefault();
    } else if (event.key === 'Enter') choose(finder.at);
    else if (event.key === 'Escape') {
      box.value = '';
      closeFound();
    }
  });
}
