/* The side panel: the facts of what was clicked, each with its source, title, date and evidence. */

function citation(fact) {
  const line = element('p', { class: 'cite' });
  if (fact.evidence) line.append(element('span', { class: 'evidence' }, fact.evidence));
  line.append(element('span', { class: 'source' }, fact.source || '—'));
  if (fact.source_title) {
    const safe = /^https?:\/\//i.test(fact.url || '');
    const title = `《${fact.source_title}》`;
    line.append(safe ? element('a', { href: fact.url, target: '_blank', rel: 'noopener noreferrer' }, title) : element('span', {}, title));
  }
  if (fact.date) line.append(element('span', { class: 'date' }, fact.date));
  return line;
}

/* Several statements on one thing in a row name it once. */
function detailLine(detail, place, held) {
  const item = element('li', {});
  const label = t(detail.label);
  const value = t(detail.value);
  const head = element('p', { class: 'fact' });
  const again = place && t(held[place - 1].label) === label && held[place - 1].target === detail.target;
  if (again) item.className = 'again';
  else if (detail.target) head.append(element('button', { type: 'button', class: 'go', onclick: () => atlas.focus(detail.target) }, label));
  else head.append(element('b', {}, label));
  if (value) head.append(element('span', {}, value));
  item.append(head);
  for (const fact of detail.facts) {
    const said = `${t(fact.label)} ${t(fact.value)}`.trim();
    if (said && said !== `${label} ${value}`.trim()) item.append(element('p', { class: 'said' }, said));
    item.append(citation(fact));
  }
  return item;
}

function detailGroups(details) {
  const groups = new Map();
  for (const detail of details) {
    const heading = t(detail.heading);
    if (!groups.has(heading)) groups.set(heading, []);
    groups.get(heading).push(detail);
  }
  return [...groups].map(([heading, held]) => element('section', {},
    element('h3', {}, heading), element('ul', {}, ...held.map(detailLine))));
}

function linkGroup(title, links, end) {
  if (!links.length) return null;
  const list = element('ul', { class: 'links' });
  for (const edge of links) {
    const other = atlas.nodes.get(edge[end]);
    list.append(element('li', { class: edge.basis },
      element('button', { type: 'button', class: 'go', onclick: () => atlas.focus(other.id) }, t(other.name)),
      t(edge.name) ? element('span', {}, t(edge.name)) : null,
      element('button', { type: 'button', class: 'why', 'aria-label': t(data.headings.link), onclick: () => atlas.openEdge(edge.id) }, '›')));
  }
  return element('section', {}, element('h3', {}, title), list);
}

function panelHead(title, tags) {
  return element('div', { class: 'panel-head' },
    element('button', { type: 'button', class: 'close', 'aria-label': say('close'), onclick: () => atlas.clear() }, '×'),
    element('h2', {}, title),
    element('p', { class: 'tags' }, ...tags.filter(Boolean).map((tag) => element('span', {}, tag))));
}

function label(facet, value) {
  const held = data.facets.find((item) => item.name === facet);
  const entry = held && held.entries.find((item) => item.value === value);
  return entry ? t(entry.label) : '';
}

function showNode(node) {
  const panel = document.getElementById('panel');
  const tags = [t(data.kinds[node.kind]), t(data.states[node.state]), label('locality', node.locality), label('basis', node.basis), ...node.evidence];
  const into = atlas.edges.filter((edge) => edge.to === node.id);
  const out = atlas.edges.filter((edge) => edge.from === node.id);
  const other = node.terms.map(t).filter((term) => term && term !== t(node.name));
  const aliases = node.kind === 'product' ? [] : other;
  panel.replaceChildren(...[
    panelHead(t(node.name), [...new Set(tags)]),
    aliases.length ? element('p', { class: 'also' }, `${say('search_also')} ${aliases.join(' · ')}`) : null,
    t(node.note) ? element('p', { class: 'note' }, t(node.note)) : null,
    ...detailGroups(node.details),
    linkGroup(say('links_in'), into, 'from'),
    linkGroup(say('links_out'), out, 'to'),
    node.kind !== 'stage' && !t(node.note) && !node.details.some((detail) => detail.facts.length) && !into.length && !out.length
      ? element('p', { class: 'also' }, say('no_facts')) : null,
  ].filter(Boolean));
  panel.hidden = false;
  panel.scrollTop = 0;
}

function showEdge(edge) {
  const panel = document.getElementById('panel');
  const [from, to] = [atlas.nodes.get(edge.from), atlas.nodes.get(edge.to)];
  panel.replaceChildren(...[
    panelHead(`${t(from.name)} → ${t(to.name)}`, [t(edge.name), label('basis', edge.basis), ...edge.evidence]),
    ...detailGroups(edge.details),
    edge.details.some((detail) => detail.facts.length) ? null : element('p', { class: 'also' }, say('no_facts')),
    element('section', {}, element('ul', { class: 'links' },
      ...[from, to].map((node) => element('li', {}, element('button', { type: 'button', class: 'go', onclick: () => atlas.focus(node.id) }, t(node.name)))))),
  ].filter(Boolean));
  panel.hidden = false;
  panel.scrollTop = 0;
}
