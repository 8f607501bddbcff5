'use strict';
// All data is shown through text nodes and attributes that cannot run anything; marks are `<use>` of the page's own.
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const SVG = 'http://www.w3.org/2000/svg';

  // el(tag, properties, ...children): strings become text nodes.
  function el(tag, properties, ...children) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(properties || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key === 'class') made.className = value;
      else if (key === 'vars') for (const name in value) made.style.setProperty(name, value[name]);
      else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
      else made.setAttribute(key, value === true ? '' : value);
    }
    made.append(...children.flat(9).filter(child => child !== null && child !== undefined && child !== false && child !== 0 && child !== ''));
    return made;
  }
  function svg(tag, attributes, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    made.append(...children);
    return made;
  }
  function mark(name, label) {
    const shown = svg('svg', {class: 'mark', viewBox: '0 0 16 16'}, svg('use', {href: '#m-' + name}));
    if (label) { shown.setAttribute('role', 'img'); shown.setAttribute('aria-label', label); }
    else shown.setAttribute('aria-hidden', 'true');
    return shown;
  }

  function theme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  }
  one('#theme').addEventListener('click', theme);
  const block = one('#data');
  if (!block) return;

  const DATA = JSON.parse(block.textContent);
  const LOSS = {gone: 1, changed: 1, degraded: 1};
  const GAIN = {new: 1, improved: 1};
  const GRADES = ['gone', 'changed', 'degraded', 'new', 'improved', 'noise', 'translated', 'added', 'bookkeeping', 'kept'];
  const CHUNK = 50;        // rows of a block
  const MANY = 500;        // rows above which blocks are drawn only near the window
  const MOST_UNITS = 30;   // squares of the ledger
  const MOST_CARDS = 20;   // findings in full at first
  const SHORT = 118;       // characters of a value at first
  const SPACE = '\u00a0';

  const tone = grade => LOSS[grade] ? ' loss' : GAIN[grade] ? ' gain' : '';
  const graded = (grade, words) => el('span', {class: 'grade' + tone(grade)}, mark(grade), words ?? grade);
  const count = number => number.toLocaleString('en');
  const plural = (number, word) => `${count(number)} ${word}${number === 1 ? '' : 's'}`;
  const string = number => number < 0 ? null : DATA.strings[number];
  const plain = number => { const found = string(number); return found === null ? '' : Array.isArray(found) ? found[0] : found; };

  let now = null;          // the comparison that is shown
  let filter = {};
  let drawn = [];          // the traces that are drawn, as Drawn
  let onPaper = false;
  let whole = false;       // all rows are drawn, also far from the window
  const opened = new Set();
  const wanted = {search: '', only: false, service: '', grade: '', finding: -1};

  // Facts and rows.

  const factsOf = row => DATA.facts[row.facts].map(([section, name, before, after, grade, note, rules]) =>
    ({section: plain(section), name: plain(name), before: string(before), after: string(after), grade, note: plain(note), rules}));
  const isLoss = row => Boolean(LOSS[row.grade]);
  function textOf(row) {
    if (row.text === undefined) {
      const parts = [row.service, row.moved];
      for (const side of [row.before, row.after]) if (side) parts.push(side.name, side.kind, side.status);
      for (const [section, name, before, after] of DATA.facts[row.facts]) parts.push(plain(section), plain(name), plain(before), plain(after));
      row.text = parts.join('\n').toLowerCase();
    }
    return row.text;
  }
  function fits(row) {
    if (filter.finding >= 0 && !row.findings.includes(filter.finding)) return false;
    if (filter.only && !isLoss(row)) return false;
    if (filter.service && row.service !== filter.service) return false;
    if (filter.grade && row.grade !== filter.grade && !DATA.facts[row.facts].some(fact => fact[4] === filter.grade)) return false;
    return !filter.search || textOf(row).includes(filter.search.toLowerCase());
  }
  const filters = () => filter.search || filter.only || filter.service || filter.grade || filter.finding >= 0;
  const color = service => 'c' + Math.max(now.services.indexOf(service), 0) % 6;
  for (const each of DATA.comparisons) for (const trace of each.traces) trace.rows.forEach((row, number) => { row.number = number + 1; });
  const place = (trace, row) => `r${trace.id}.${row.number}`;
  const address = name => `#${now.id}/${name}`;
  function visit(name) {
    try { history.replaceState(null, '', address(name)); } catch { /* a page without an address */ }
  }

  // The verdict.

  function drawTabs() {
    const tabs = one('#tabs');
    tabs.hidden = DATA.comparisons.length < 2;
    tabs.replaceChildren(...DATA.comparisons.map(each => el('button', {
      class: 'tab', type: 'button', role: 'tab', id: 'tab-' + each.id, 'aria-selected': String(each === now), 'aria-controls': 'panel',
      tabindex: each === now ? 0 : -1, onclick: () => { location.hash = each.id; },
    }, graded(each.mark, ''), each.label)));
    const panel = one('#panel');
    if (DATA.comparisons.length > 1) { panel.setAttribute('role', 'tabpanel'); panel.setAttribute('aria-labelledby', 'tab-' + now.id); }
  }

  function drawVerdict() {
    const loss = LOSS[now.mark];
    one('#verdict').replaceChildren(
      el('div', {},
        el('span', {class: 'word' + (loss ? ' loss' : '')}, mark(now.mark), now.outcome[0].toUpperCase() + now.outcome.slice(1)),
        el('h1', {'aria-live': 'polite'}, now.headline.map(([words, lost]) => lost ? el('em', {}, words) : words)),
        now.lede && el('p', {class: 'lede'}, now.lede),
        el('dl', {class: 'sides'},
          now.sides.map((side, number) => [
            el('dt', {}, number ? 'after' : 'before'),
            el('dd', {class: 'mono'}, [side.source, side.source === side.name ? '' : side.name, side.amount].filter(Boolean).join(' · ')),
          ]),
          el('dt', {}, 'health'),
          now.sides.some(side => side.health.length)
            ? now.sides.map((side, number) => side.health.map(note => el('dd', {class: 'ill'}, `${number ? 'after' : 'before'}: ${ticks(note)}`)))
            : el('dd', {}, 'no trouble in either recording by itself'),
          now.notes.map(note => [el('dt', {}, 'pairing'), el('dd', {}, note)]))),
      el('table', {class: 'ledger'}, el('caption', {}, 'What arrived'),
        el('tbody', {}, arrived().map(([name, n, of]) => el('tr', {class: n < of ? 'loss' : of ? '' : 'none'},
          el('th', {scope: 'row'}, name[0].toUpperCase() + name.slice(1)),
          el('td', {}, shares(name, n, of)),
          el('td', {class: 'count'}, of ? `${count(n)} of ${count(of)}` : 'none'))))));
  }
  // The losses first, spans and errors before all others.
  function arrived() {
    const rank = ([name, n, of]) => n < of ? {spans: 0, errors: 1}[name] ?? 2 : 3;
    return [...now.ledger].sort((one, other) => rank(one) - rank(other));
  }
  function shares(name, n, of) {
    const label = {role: 'img', 'aria-label': `${count(n)} of ${count(of)} ${name} kept`};
    if (!of) return null;
    if (of <= MOST_UNITS) {
      return el('div', {class: 'units', ...label}, Array.from({length: of}, (_, place) => el('i', {class: 'unit' + (place < n ? '' : ' lost')})));
    }
    return el('div', {class: 'share', ...label},
      n > 0 && el('i', {vars: {flex: String(n / of)}}), n < of && el('i', {class: 'lost', vars: {flex: String(1 - n / of)}}));
  }

  // The findings.

  const shown = finding => finding.grave || finding.grade === 'improved';
  const rows = () => now.traces.flatMap(trace => trace.rows);
  function drawFindings() {
    const loud = now.findings.filter(finding => finding.grave && !finding.mark);
    const quiet = now.findings.filter(finding => !loud.includes(finding));
    const losses = loud.filter(finding => LOSS[finding.grade]).length;
    one('#findings').hidden = !now.findings.length && !now.answers.length;
    one('#findings-sub').textContent = [
      losses ? (losses === 1 ? '1 loss.' : `${count(losses)} losses.`) : 'Nothing is lost.',
      loud.length > losses ? `${plural(loud.length - losses, 'finding')} on new spans.` : '',
      quiet.length ? `${plural(quiet.length, 'quiet finding')} below lose${quiet.length === 1 ? 's' : ''} nothing.` : '',
    ].filter(Boolean).join(' ');
    one('#findings-list').replaceChildren(
      ...(now.answers.length ? [drawAnswers()] : []),
      ...(loud.length ? [el('ol', {class: 'finds'}, loud.slice(0, MOST_CARDS).map(drawFinding))] : []),
      ...(loud.length > MOST_CARDS ? [el('details', {class: 'further'}, el('summary', {}, `${plural(loud.length - MOST_CARDS, 'more finding')} of this sort`),
        el('ol', {class: 'finds'}, loud.slice(MOST_CARDS).map(drawFinding)))] : []),
      ...(quiet.length ? [drawQuiet(quiet)] : []));
  }
  function drawAnswers() {
    return el('div', {class: 'finds'}, el('div', {class: 'find'},
      el('div', {}, el('div', {class: 'count'}, count(now.answers.length), el('small', {}, 'answers')), graded('changed', 'changed')),
      el('div', {}, el('h3', {}, 'Requests are answered otherwise'),
        el('div', {class: 'turns'}, now.answers.map(([request, became]) => el('div', {class: 'turn mono'}, request, ' ', el('strong', {}, became))))),
      el('div', {class: 'how'}, 'No rule explains an answer.')));
  }
  // A title without a consequence: the field, and what became of it. Long values stand below it.
  function titleOf(finding) {
    const {grade, what} = finding, [subject, before, after] = finding.turns[0] || [];
    if (what.startsWith('span ') && !what.startsWith('span name')) return what + ({gone: ' does not arrive', new: ' is new'}[grade] || '');
    if (what === 'order') return 'children run in another order';
    if (what.startsWith('parent ')) return 'the parent changed';
    if (grade === 'changed') return ['status', 'kind'].includes(subject) ? what : `${subject && before && after ? subject : what} changed`;
    return what.includes('→') ? what : what + ({gone: ' is gone', degraded: ' is lost', new: ' is new'}[grade] || '');
  }
  function sentenceOf(finding) {
    const words = finding.consequences.join('; ') || titleOf(finding);
    return words[0].toUpperCase() + words.slice(1);
  }
  function drawFinding(finding) {
    const number = now.findings.indexOf(finding);
    const there = rows().filter(row => row.findings.includes(number)).length;
    return el('li', {class: 'find' + (LOSS[finding.grade] ? '' : ' gain'), id: finding.id, tabindex: -1},
      el('div', {},
        finding.of < 1000
          ? el('div', {class: 'count'}, `${count(finding.n)} of ${count(finding.of)}`, el('small', {}, finding.unit))
          : el('div', {class: 'count'}, count(finding.n), el('small', {}, ` of ${count(finding.of)} ${finding.unit}`)),
        graded(finding.grade)),
      el('div', {},
        el('h3', {}, el('a', {href: address(finding.id)}, sentenceOf(finding))),
        el('p', {class: 'who'}, finding.who.join('; ')),
        el('div', {class: 'turns'}, finding.turns.map(drawTurn))),
      el('div', {class: 'how'},
        finding.rules.length ? finding.rules.map(drawRule) : el('div', {}, el('strong', {}, 'No rule explains it.')),
        finding.rules.length && finding.note && !finding.consequences.length && finding.note !== finding.grade ? el('div', {}, el('strong', {}, finding.note)) : null,
        finding.way_out && el('div', {}, el('strong', {}, 'Way out: '), finding.way_out),
        there > 0 && el('button', {class: 'button small screen', type: 'button', onclick: () => showSpans(number)},
          there === 1 ? 'Show the span' : now.examples ? `Show ${count(there)} of its spans` : `Show the ${count(there)} spans`)));
  }
  function drawTurn([subject, before, after]) {
    if (!before && !after) return el('div', {class: 'turn mono'}, el('span', {class: 'absent'}, 'left: '), el('span', {}, subject));
    return el('div', {class: 'turn mono'}, subject && el('span', {}, subject),
      before === '(absent)' ? el('span', {class: 'absent'}, 'absent') : el('del', {class: 'was'}, before || 'absent'),
      el('span', {'aria-hidden': 'true'}, '→'),
      after === '(absent)' ? el('span', {class: 'absent'}, 'absent') : el('strong', {}, after || 'absent'));
  }
  function drawRule(name) {
    const rule = DATA.rules[name];
    return el('div', {}, el('span', {class: 'mono'}, name), el('br'), `${ticks(rule.summary)}. `, source(rule, 'Source'));
  }
  const ticks = words => words.replaceAll('`', '');
  // The address of a rule is the workbench's own; anything else than https stays text.
  function source(rule, words, extra) {
    if (!rule.url.startsWith('https://')) return el('span', {class: extra}, words);
    return el('a', {href: rule.url, rel: 'noreferrer noopener', title: ticks(rule.summary) + (rule.where ? ` (${rule.where})` : ''), class: extra}, words);
  }
  function drawQuiet(quiet) {
    const groups = GRADES.map(grade => [grade, quiet.filter(finding => finding.grade === grade && !finding.mark)]).filter(([, found]) => found.length);
    const dealt = quiet.filter(finding => finding.mark);
    if (dealt.length) groups.push(['kept', dealt]);
    return el('div', {class: 'rest'}, groups.map(([grade, found]) => el('details', {},
      el('summary', {}, found === dealt ? el('span', {class: 'grade'}, mark('kept'), `${count(found.length)} ${dealt[0].mark}`) : graded(grade, `${count(found.length)} ${grade}`),
        el('span', {class: 'names'}, found.map(finding => finding.what).join(' · '))),
      el('table', {}, el('caption', {class: 'hidden'}, `Findings: ${grade}`),
        el('colgroup', {}, el('col', {class: 'n'}), el('col', {class: 'what'}), el('col')),
        el('tbody', {}, found.map(finding => el('tr', {id: finding.id},
          el('td', {}, `${count(finding.n)} of ${count(finding.of)} ${finding.unit}`),
          el('th', {scope: 'row', class: 'mono'}, finding.what),
          el('td', {class: 'why'}, finding.rules.map((name, place) => [place ? '; ' : '', `${ticks(DATA.rules[name].summary)} `, source(DATA.rules[name], name, 'mono')]),
            finding.mark ? el('div', {}, finding.note) : null,
            finding.rules.length || finding.mark || finding.note === finding.grade ? null : finding.note))))))));
  }
  function showSpans(number) {
    Object.assign(filter, wanted, {finding: number});
    syncBar();
    drawTraces();
    if (now.forms.length) {
      const form = all('.form').find(each => !each.hidden);
      if (form) { form.open = true; openExample(now.traces[now.forms[Number(form.dataset.form)].examples.find(place => now.traces[place].rows.some(fits)) ?? 0]); }
    }
    one('#traces').scrollIntoView();
    const first = drawn.flatMap(each => each.visible)[0];
    if (first) focus(first);
    visit(now.findings[number].id);
  }

  // Waterfalls.

  const STEPS = [1, 2, 5];
  function tick(extent) {
    for (let power = 1; ; power *= 10) for (const step of STEPS) if (extent / (step * power) <= 5) return step * power;
  }
  function unit(extent) {
    return extent >= 1e9 ? [1e9, 's'] : extent >= 1e6 ? [1e6, 'ms'] : extent >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  }
  // In the unit of `extent`, unless it is much shorter.
  function duration(ns, extent = ns) {
    const [size, name] = unit(ns >= extent || ns >= unit(extent)[0] / 10 ? Math.max(extent, ns) : ns);
    const value = ns / size;
    return `${name === 'ns' ? value : value < 1 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value)}${SPACE}${name}`;
  }
  const percent = (value, extent) => `${Math.min(Math.max(value / extent, 0), 1) * 100}%`;
  function axis(extent) {
    const step = tick(extent), [size, name] = unit(extent);
    const ticks = [];
    for (let at = 0; at <= extent * 1.001; at += step) {
      const words = String(Number((at / size).toPrecision(6)));
      ticks.push(el('i', {vars: {left: percent(at, extent)}}, at && at + step > extent * 1.001 ? `${words} ${name}` : words));
    }
    return el('div', {class: 'axis', 'aria-hidden': 'true'}, ticks);
  }
  function lane(span, service, extent, lost) {
    const start = Math.min(Math.max(span.start, 0), extent);
    return el('div', {class: 'lane ' + color(service), vars: {'--tick': percent(tick(extent), extent)}},
      el('span', {class: 'span' + (lost ? ' lost' : ''), vars: {left: percent(start, extent), width: percent(span.took, extent)}}),
      span.events.map(at => el('span', {class: 'event', vars: {left: percent(at, extent)}})),
      el('span', {class: 'took', vars: {left: percent(start + span.took, extent)}}, duration(span.took, extent)));
  }

  // A row.

  function value(name, row, side) {
    const span = row[side], grade = row.cells[name], other = row.before && row.after;
    if (side === 'after' && other && grade && row.before[name] !== span[name]) {
      if (LOSS[grade]) {
        return el('span', {class: 'cell'}, el('span', {class: 'pill'}, el('s', {class: 'was'}, row.before[name]),
          el('span', {class: 'arrow', 'aria-hidden': 'true'}, '→'), el('b', {}, mark(grade), span[name])));
      }
      return el('span', {class: 'cell' + tone(grade)}, mark(grade), span[name]);
    }
    return el('span', {class: 'cell' + (span[name] === 'ERROR' ? ' error' : '')}, mark(span[name]), span[name]);
  }
  const SHOWN = ['name', 'kind', 'status', 'parent'];  // the row itself shows what became of these
  function lostKeys(row) {
    if (!row.before || !row.after) return [];
    const lost = factsOf(row).filter(fact => LOSS[fact.grade] && (fact.section === 'Span' ? !SHOWN.includes(fact.name) : fact.before !== null));
    // An event that is gone is one thing, whatever was in it.
    const events = new Set(lost.filter(fact => fact.section.startsWith('Event') && fact.name === 'name').map(fact => fact.section));
    return [...new Map(lost.map(fact => {
      const name = events.has(fact.section) ? fact.section.replace(/^Event \d+: /, 'event ') : fact.name;
      return [name, {name, grade: fact.grade}];
    })).values()];
  }
  function drawName(row) {
    const span = row.before || row.after, keys = lostKeys(row), below = [];
    const renamed = row.before && row.after && row.before.name !== row.after.name;
    if (renamed) below.push(el('small', {class: tone(row.cells.name).trim(), title: row.after.name}, mark(row.cells.name || 'translated'), el('span', {}, row.after.name)));
    if (row.service !== span.name) below.push(el('small', {}, el('span', {}, row.service || '(no service)')));
    if (keys.length) {
      const names = keys.slice(0, 2).map(fact => fact.name).join(', ') + (keys.length > 2 ? ` and ${keys.length - 2} more` : '');
      below.push(el('small', {class: 'loss', title: keys.map(fact => fact.name).join(', ')}, mark(keys[0].grade), el('span', {}, names)));
    }
    return el('div', {class: 'name' + (row.depth ? ' child' : ''), role: 'rowheader', vars: {'--depth': row.depth}},
      el('span', {class: 'turner', 'aria-hidden': 'true'}, '›'), el('span', {class: 'swatch ' + color(row.service)}),
      el('span', {class: 'texts'}, el('span', {class: 'text', title: span.name}, span.name || '(no name)'), below));
  }
  function drawRow(each, row, number) {
    const extent = each.trace.extent || 1, key = place(each.trace, row);
    const lostBar = row.before && row.after && (LOSS[row.cells.status] || LOSS[row.cells.place]);
    const made = el('div', {
      class: 'row' + (isLoss(row) ? ' loss' : ''), role: 'row', id: key, tabindex: each.focused === row ? 0 : -1,
      'aria-level': row.depth + 1, 'aria-expanded': String(opened.has(row)), 'aria-rowindex': number + 2,
    },
    drawName(row),
    row.before
      ? el('div', {class: 'side before', role: 'gridcell', 'data-side': 'before'}, value('kind', row, 'before'), value('status', row, 'before'), lane(row.before, row.service, extent))
      : el('div', {class: 'side before', role: 'gridcell', 'data-side': 'before'}, el('div', {class: 'gap gain'}, el('span', {}, 'no such span'))),
    row.after
      ? el('div', {class: 'side after', role: 'gridcell', 'data-side': 'after'},
        row.before ? value('kind', row, 'after') : el('span', {class: 'cell gain'}, mark('new'), row.after.kind),
        row.moved
          ? el('span', {class: 'moved' + (LOSS[row.cells.place] ? '' : ' gain'), title: 'moved: ' + row.moved}, mark(row.cells.place || 'changed'), el('span', {}, row.moved),
            row.before.status !== row.after.status && value('status', row, 'after'))
          : value('status', row, 'after'),
        lane(row.after, row.service, extent, lostBar))
      : el('div', {class: 'side after', role: 'gridcell', 'data-side': 'after'}, el('div', {class: 'gap'}, el('span', {}, mark('gone'), 'no span: gone'))));
    made.addEventListener('click', event => { if (!event.target.closest('a')) { each.focused = row; toggle(each, row); focus({each, row}); } });
    return made;
  }

  // An open row.

  function consequence(row, name) {
    const fact = factsOf(row).find(each => LOSS[each.grade] && each.section === 'Span' && each.name === name);
    const finding = fact && now.findings.find(each => each.consequences.length && each.rules.join() === fact.rules.join());
    return finding ? `: ${finding.consequences[0]}.` : '.';
  }
  function sentence(row) {
    if (!row.after) return `The span did not arrive. Its ${plural(factsOf(row).length, 'fact')} are gone with it.`;
    if (!row.before) return 'The span is only in the after.';
    const lost = factsOf(row).filter(fact => LOSS[fact.grade]);
    if (LOSS[row.cells.status]) return `It was ${row.before.status} and says ${row.after.status}${consequence(row, 'status')}`;
    if (row.moved && LOSS[row.cells.place]) return `It stands at another place: ${row.moved}.`;
    if (LOSS[row.cells.kind]) return `It was a ${row.before.kind} span and says ${row.after.kind}${consequence(row, 'kind')}`;
    if (lost.length) return `${plural(lost.length, 'fact')} ${lost.length === 1 ? 'is' : 'are'} lost or changed.`;
    return 'Nothing is lost on this span.';
  }
  const QUIET = {kept: 1, bookkeeping: 1, noise: 1};
  function drawOpen(each, row) {
    const facts = factsOf(row), alone = !row.before || !row.after;
    let every = false;
    const inner = el('div', {role: 'gridcell', 'aria-colspan': 3});
    const draw = () => {
      const told = every ? facts : alone ? [] : facts.filter(fact => !QUIET[fact.grade] && !(fact.grade === 'added' && (onPaper || fact.section === 'Resource')));
      inner.replaceChildren(
        el('div', {class: 'head'}, el('span', {class: 'say'}, sentence(row)), el('span', {class: 'space'}),
          (every || told.length < facts.length) && el('button', {class: 'button small screen', type: 'button', 'aria-pressed': String(every), onclick: () => { every = !every; draw(); }},
            every ? 'Only the facts that differ' : `Show all ${plural(facts.length, 'fact')}`),
          el('a', {class: 'mono screen', href: address(place(each.trace, row))}, 'link')),
        told.length ? drawFacts(row, told) : '');
    };
    draw();
    return el('div', {class: 'open', role: 'row', id: 'open-' + place(each.trace, row)}, inner);
  }
  function drawFacts(row, told) {
    const sections = [...new Set(told.map(fact => fact.section))];
    return el('table', {class: 'facts'},
      el('caption', {class: 'hidden'}, `Facts of ${(row.before || row.after).name} before and after`),
      el('colgroup', {}, el('col', {class: 'key'}), el('col', {class: 'value'}), el('col', {class: 'value'}), el('col')),
      el('thead', {}, el('tr', {}, ['Fact', 'Before', 'After', 'What became of it'].map(head => el('th', {scope: 'col'}, head)))),
      sections.map(section => el('tbody', {},
        el('tr', {}, el('th', {class: 'section', colspan: 4, scope: 'rowgroup'}, section)),
        told.filter(fact => fact.section === section).map(fact => el('tr', {class: row.before && row.after ? tone(fact.grade).trim() : ''},
          el('th', {scope: 'row', class: 'mono'}, fact.name),
          el('td', {class: 'mono', 'data-side': 'before'}, shownValue(fact.before, LOSS[fact.grade])),
          el('td', {class: 'mono after', 'data-side': 'after'}, shownValue(fact.after)),
          el('td', {class: 'became'}, graded(fact.grade), fact.note,
            fact.rules.map((name, number) => [fact.note || number ? ' · ' : '', source(DATA.rules[name], name, 'mono')])))))));
  }
  function shownValue(found, struck) {
    if (found === null) return el('span', {class: 'absent'}, 'absent');
    const [text, length] = Array.isArray(found) ? found : [found, found.length];
    if (text.length <= SHORT) return struck ? el('s', {class: 'was'}, text) : text;
    const box = el('span', {});
    const fill = () => box.replaceChildren(struck ? el('s', {class: 'was'}, text.slice(0, SHORT)) : text.slice(0, SHORT), '… ',
      el('button', {class: 'more', type: 'button', onclick: event => {
        event.stopPropagation();
        box.replaceChildren(el('span', {class: 'whole', tabindex: 0, role: 'group', 'aria-label': 'The whole value'}, text), length > text.length ? `… cut: ${count(length)} characters in all` : '');
      }}, `${count(length)} characters`));
    fill();
    return box;
  }

  // A trace: its rows in blocks, of which only those near the window are drawn if there are many.

  const near = new IntersectionObserver(entries => {
    for (const entry of entries) entry.target.show(entry.isIntersecting);
  }, {rootMargin: '900px 0px'});

  class Drawn {
    constructor(trace) {
      this.trace = trace;
      this.rows = trace.rows.filter(fits);
      this.visible = this.rows.map(row => ({each: this, row}));
      this.focused = this.rows[0];
      this.grid = el('div', {role: 'treegrid', 'aria-label': `Spans of ${title(trace)}`, 'aria-rowcount': this.rows.length + 1, 'aria-colcount': 3}, heads(trace));
      this.blocks = [];
      for (let start = 0; start < this.rows.length; start += CHUNK) this.blocks.push(this.block(start));
      this.grid.append(...this.blocks);
      this.element = el('section', {class: 'trace', id: 't' + trace.id}, header(trace), this.grid);
      this.lazy = false;
    }
    block(start) {
      const made = el('div', {class: 'block' + (start ? '' : ' first'), role: 'rowgroup'});
      made.rows = this.rows.slice(start, start + CHUNK);
      made.shown = false;
      made.show = show => {
        if (show === made.shown) return;
        made.shown = show;
        if (show) {
          made.style.removeProperty('height');
          made.replaceChildren(...made.rows.flatMap((row, number) => {
            const drawnRow = drawRow(this, row, start + number);
            return opened.has(row) ? [drawnRow, drawOpen(this, row)] : [drawnRow];
          }));
        } else {
          made.style.setProperty('height', `${made.getBoundingClientRect().height}px`);
          made.replaceChildren();
        }
      };
      return made;
    }
    start(lazy) {
      this.lazy = lazy;
      for (const made of this.blocks) {
        if (lazy) { made.style.setProperty('height', `${made.rows.length * 38}px`); near.observe(made); } else made.show(true);
      }
    }
    stop() { for (const made of this.blocks) near.unobserve(made); }
    // Draws the block of a row if it is not there.
    elementOf(row) {
      const made = this.blocks[Math.floor(this.rows.indexOf(row) / CHUNK)];
      if (!made) return null;
      made.show(true);
      return document.getElementById(place(this.trace, row));
    }
  }
  const title = trace => `${now.forms.length ? 'trace' : 'request'} ${trace.id} ${trace.title}`;
  const short = id => id.slice(-6);
  function header(trace) {
    const lossy = trace.rows.filter(isLoss).length;
    const worst = GRADES.find(grade => LOSS[grade] && trace.rows.some(row => row.grade === grade));
    return el('header', {},
      el('h3', {}, `${trace.example ? trace.example[0].toUpperCase() + trace.example.slice(1) : (trace.answer ? 'Request ' : 'Trace ') + trace.id} `, el('span', {class: 'mono'}, trace.title)),
      trace.answer && el('span', {class: 'said'}, trace.answer),
      el('span', {class: 'end'},
        el('span', {class: 'mono', title: `${trace.before || 'none'} → ${trace.after || 'none'}`}, `${short(trace.before) || 'none'} → ${short(trace.after) || 'none'}`),
        lossy ? graded(worst, `${count(lossy)} of ${count(trace.rows.length)} ${trace.rows.length === 1 ? 'span loses' : lossy === 1 ? 'spans loses' : 'spans lose'} something`)
          : graded('kept', 'nothing lost')));
  }
  function heads(trace) {
    return el('div', {role: 'rowgroup'}, el('div', {class: 'columns', role: 'row', 'aria-rowindex': 1},
      el('span', {role: 'columnheader'}, 'Span and service'),
      el('span', {class: 'side before', role: 'columnheader'}, el('b', {}, 'Before'), el('span', {}, 'status'), axis(trace.extent || 1)),
      el('span', {class: 'side after', role: 'columnheader'}, el('b', {}, 'After'), el('span', {}, 'status'), axis(trace.extent || 1))));
  }

  function drawTraces() {
    for (const each of drawn) each.stop();
    drawn = [];
    now.forms.length ? drawForms() : drawList();
    tellHits();
  }
  const none = () => el('p', {class: 'nothing'}, 'No span fits the filters.', el('button', {class: 'button', type: 'button', onclick: clear}, 'Clear the filters'));
  function drawList() {
    drawn = now.traces.map(trace => new Drawn(trace)).filter(each => each.rows.length);
    const shownTraces = drawn.length || !now.traces.length ? drawn.map(each => each.element) : [none()];
    one('#list').replaceChildren(...shownTraces);
    begin(drawn);
  }
  function begin(those) {
    const many = drawn.reduce((sum, each) => sum + each.rows.length, 0) > MANY;
    for (const each of those) each.start(many && !whole);
    const button = one('#whole');
    button.hidden = !many;
    button.setAttribute('aria-pressed', String(whole));
    button.textContent = whole ? 'Draw only what is near' : 'Draw all rows';
    button.title = 'For find-in-page and screen readers; printing draws all rows.';
  }
  function tellHits() {
    const total = rows(), fit = total.filter(fits).length;
    const forms = now.forms.length ? ` in ${plural(now.forms.filter(formFits).length, 'pair')} of forms` : '';
    one('#hits').textContent = filters() ? `${count(fit)} of ${plural(total.length, 'span')}${forms}` : plural(total.length, 'span') + forms;
  }

  // Many traces.

  const formFits = form => form.examples.some(place => now.traces[place].rows.some(fits));
  function drawForms() {
    const shownForms = now.forms.map(drawForm);
    for (const [number, form] of now.forms.entries()) shownForms[number].hidden = filters() && !formFits(form);
    const any = shownForms.some(form => !form.hidden);
    one('#list').replaceChildren(any ? el('div', {class: 'forms'},
      el('div', {class: 'forms-head', 'aria-hidden': 'true'}, el('span', {}, 'Traces'), el('b', {}, 'Before'), el('b', {}, 'After'), el('span', {}, 'What changed'), el('span', {}, 'Duration of the root')),
      shownForms) : none());
  }
  function drawForm(form, number) {
    const told = form.findings.map(([index, n]) => [now.findings[index], n]);
    const loud = told.filter(([finding]) => shown(finding)), quiet = told.length - loud.length;
    const body = el('div', {class: 'examples'});
    const made = el('details', {class: 'form' + (LOSS[form.grade] ? ' loss' : ''), id: 'form-' + (number + 1), 'data-form': number},
      el('summary', {},
        el('div', {class: 'times'}, count(form.count), el('small', {}, `${form.share < 0.1 ? 'under 0.1' : form.share} %`)),
        outline(form, 0), outline(form, 1),
        el('div', {class: 'says'},
          loud.slice(0, 4).map(([finding, n]) => el('div', {}, graded(finding.grade, finding.grade === 'improved' ? finding.what : sentenceOf(finding)), el('small', {}, `${finding.consequences.length ? finding.what + ' · ' : ''}${count(n)}×`))),
          loud.length > 4 && el('div', {class: 'grade'}, `and ${loud.length - 4} more`),
          !loud.length && graded('kept', 'nothing lost'),
          quiet > 0 && el('div', {class: 'grade'}, mark('translated'), `${plural(quiet, 'quiet finding')}`)),
        el('div', {}, form.durations && histogram(form.durations))),
      body);
    made.addEventListener('toggle', () => {
      if (made.open && !body.childElementCount) body.append(exampleTable(form), el('div', {class: 'shown'}));
      if (!made.open) dropExample(body);
    });
    return made;
  }
  function outline(form, side) {
    const lines = form.rows.map(([before, after]) => {
      const cell = side ? after : before, other = side ? before : after;
      if (!cell) {
        return side
          ? el('li', {class: 'lost', vars: {'--depth': other.depth}}, mark('gone'), el('span', {class: 'text'}, `no span: ${other.name}`))
          : el('li', {class: 'blank', 'aria-hidden': 'true'}, '\u00a0');
      }
      const lost = Boolean(side && LOSS[cell.grades.status]), kindLost = Boolean(side && LOSS[cell.grades.kind]);
      return el('li', {vars: {'--depth': cell.depth}},
        el('span', {class: 'swatch ' + color(cell.service)}), el('span', {class: 'text', title: `${cell.service}: ${cell.name}`}, `${cell.service}: ${cell.name || '(no name)'}`),
        kindLost ? el('span', {class: 'kind loss'}, mark(cell.grades.kind), cell.kind) : el('span', {class: 'kind'}, mark(cell.kind, cell.kind)),
        lost ? el('span', {class: 'status loss'}, mark(cell.grades.status), el('s', {class: 'was'}, cell.was), cell.status)
          : cell.status === 'ERROR' && el('span', {class: 'status'}, mark('ERROR'), 'ERROR'),
        Boolean(side && !other) && el('span', {class: 'grade gain'}, mark('new'), 'new'),
        Boolean(side && LOSS[cell.grades.place]) && el('span', {class: 'grade loss'}, mark(cell.grades.place), 'moved'));
    });
    if (form.more_rows) lines.push(el('li', {class: 'absent'}, `and ${plural(form.more_rows, 'more span')}`));
    return el('ul', {class: 'outline', 'data-side': side ? 'after' : 'before', 'aria-label': side ? 'after' : 'before'}, lines);
  }
  function histogram({before, after, medians, most}) {
    const width = 176, height = 46, bins = before.length, highest = Math.max(...before, ...after, 1);
    const [size, name] = unit(most), show = ns => ns < 0 ? '–' : Number((ns / size).toPrecision(2));
    const words = `median ${show(medians[0])} → ${show(medians[1])} ${name}`;
    const bar = n => n ? Math.max(n / highest * (height - 4), 1) : 0;
    let line = `M0 ${height}`;
    after.forEach((n, bin) => { line += `H${(bin * width / bins).toFixed(1)}V${(height - bar(n)).toFixed(1)}`; });
    return svg('svg', {class: 'durations', viewBox: `0 0 ${width} 62`, role: 'img', 'aria-label': `Duration of the root, ${words}`},
      ...before.map((n, bin) => svg('rect', {class: 'old', x: (bin * width / bins).toFixed(1), y: (height - bar(n)).toFixed(1), width: (width / bins - 1).toFixed(1), height: bar(n).toFixed(1)})),
      svg('path', {class: 'new', d: `${line}H${width}V${height}`}), svg('line', {x1: 0, x2: width, y1: height + .5, y2: height + .5}),
      svg('text', {x: 0, y: 59}, words));
  }
  function exampleTable(form) {
    const root = (trace, side) => { const row = trace.rows.find(each => each[side]); return row ? duration(row[side].took) : '–'; };
    return el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Examples'}, el('table', {class: 'plain'}, el('caption', {class: 'hidden'}, 'Examples'),
      el('thead', {}, el('tr', {}, ['Example', 'Trace before', 'Trace after', 'Root before', 'Root after', 'Open'].map(head => el('th', {scope: 'col', class: head === 'Open' ? 'screen' : null}, head)))),
      el('tbody', {}, form.examples.map(number => {
        const trace = now.traces[number];
        return el('tr', {}, el('th', {scope: 'row'}, trace.example), el('td', {class: 'mono'}, trace.before || 'none'), el('td', {class: 'mono'}, trace.after || 'none'),
          el('td', {}, root(trace, 'before')), el('td', {}, root(trace, 'after')),
          el('td', {class: 'screen'}, el('a', {href: address('t' + trace.id), onclick: event => { event.preventDefault(); openExample(trace); visit('t' + trace.id); }}, `Side by side`, el('span', {class: 'hidden'}, ` ${trace.example}`))));
      }))));
  }
  function dropExample(body) {
    const gone = drawn.filter(each => body.contains(each.element));
    for (const each of gone) { each.stop(); each.element.remove(); }
    drawn = drawn.filter(each => !gone.includes(each));
  }
  function formOf(trace) {
    const number = now.forms.findIndex(form => form.examples.includes(now.traces.indexOf(trace)));
    return document.getElementById('form-' + (number + 1));
  }
  function openExample(trace, also) {
    const form = formOf(trace), body = form && one('.examples', form);
    if (!body) return;
    form.open = true;
    if (!body.childElementCount) body.append(exampleTable(now.forms[Number(form.dataset.form)]), el('div', {class: 'shown'}));
    if (drawn.some(each => each.trace === trace)) return;
    if (!also) dropExample(body);
    const each = new Drawn(trace);
    if (!each.rows.length) return;
    drawn.push(each);
    one('.shown', body).append(each.element);
    begin([each]);
  }

  // Values, noise, and what the marks mean.

  function drawValues({title, counts}) {
    const most = Math.max(...counts.flatMap(([, before, after]) => [before, after]));
    const bar = n => el('i', {vars: {width: percent(n, most)}});
    return el('div', {class: 'card'}, el('h3', {}, title), el('table', {class: 'values'}, el('caption', {class: 'hidden'}, title),
      el('tbody', {}, counts.map(([value, before, after]) => el('tr', {class: before === after ? '' : 'differs'},
        el('th', {scope: 'row', class: 'mono'}, value), el('td', {class: 'bars', 'aria-hidden': 'true'}, bar(before), bar(after)),
        el('td', {class: 'count'}, `${count(before)} → ${count(after)}`))))));
  }

  function drawBelow() {
    const noise = now.findings.filter(finding => finding.grade === 'noise');
    const sections = [];
    if (now.values.length) {
      sections.push(el('section', {class: 'part'}, el('h2', {}, 'Values, counted on both sides'), el('p', {class: 'sub'}, 'Counts of few values explain findings, and excuse none. The upper bar is the before.'),
        el('div', {class: 'cards'}, now.values.map(drawValues))));
    }
    if (noise.length && now.forms.length) {
      sections.push(el('section', {class: 'part'}, el('h2', {}, 'Noise: listed, not judged'), el('p', {class: 'sub'}, 'These values differ between unchanged runs as well, or stand for an address that is another one everywhere.'),
        el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Noise'}, el('table', {class: 'plain'}, el('caption', {class: 'hidden'}, 'Noise'),
          el('thead', {}, el('tr', {}, ['Fact', 'Facts', 'Before, for example', 'After, for example', 'Why it is noise'].map(head => el('th', {scope: 'col'}, head)))),
          el('tbody', {}, noise.map(finding => el('tr', {}, el('th', {scope: 'row', class: 'mono'}, finding.turns[0]?.[0] || finding.what), el('td', {}, count(finding.n)),
            el('td', {class: 'mono'}, finding.turns[0]?.[1] || ''), el('td', {class: 'mono'}, finding.turns[0]?.[2] || ''),
            el('td', {}, finding.rules.map(name => ticks(DATA.rules[name].summary)).join('; ') || 'it differs without end on both sides'))))))));
    }
    one('#below').replaceChildren(...sections);
    const kinds = [...new Set(rows().flatMap(row => [row.before?.kind, row.after?.kind]))].filter(Boolean);
    const statuses = [...new Set(rows().flatMap(row => [row.before?.status, row.after?.status]))].filter(Boolean);
    const grades = GRADES.filter(grade => now.findings.some(finding => finding.grade === grade));
    one('#legend').replaceChildren(
      ...[...kinds, ...statuses, ...grades, 'kept'].map(name => el('span', {class: tone(name) ? 'grade' + tone(name) : ''}, mark(name), name)),
      el('span', {}, el('span', {class: 'event'}), 'event'), el('span', {}, 'Durations are shown and never judged.'));
  }

  // Opening and moving.

  // Drawing its block may have drawn what the row opens to.
  function unfold(each, row, element) {
    if (!document.getElementById('open-' + place(each.trace, row))) element.after(drawOpen(each, row));
  }
  function toggle(each, row, to) {
    const open = to ?? !opened.has(row);
    if (open === opened.has(row)) return;
    open ? opened.add(row) : opened.delete(row);
    const element = each.elementOf(row);
    element.setAttribute('aria-expanded', String(open));
    if (open) { unfold(each, row, element); visit(place(each.trace, row)); }
    else document.getElementById('open-' + place(each.trace, row))?.remove();
  }
  function focus({each, row}, center) {
    const element = each.elementOf(row);
    if (!element) return;
    if (each.focused !== row) {
      const former = document.getElementById(place(each.trace, each.focused));
      if (former) former.tabIndex = -1;
      each.focused = row;
    }
    element.tabIndex = 0;
    element.focus({preventScroll: Boolean(center)});
    if (center) element.scrollIntoView({block: 'center'});
    else element.scrollIntoView({block: 'nearest'});
  }
  const list = () => drawn.flatMap(each => each.visible);
  function current() {
    const element = document.activeElement?.closest('.row, .open');
    if (!element) return -1;
    const id = element.id.replace(/^open-/, '');
    return list().findIndex(({each, row}) => place(each.trace, row) === id);
  }
  function step(by) {
    const every = list(), at = current(), next = every[Math.min(Math.max(at + by, 0), every.length - 1)];
    if (next) focus(next);
  }
  function nextLoss(by) {
    const every = list(), at = current();
    const order = by > 0 ? every.slice(at + 1) : every.slice(0, Math.max(at, 0)).reverse();
    const found = order.find(({row}) => isLoss(row));
    if (found) { focus(found, true); return; }
    // Among many forms: the next one with a loss.
    const forms = all('.form').filter(form => !form.hidden && form.classList.contains('loss'));
    const inside = document.activeElement?.closest('.form'), index = forms.indexOf(inside) + by;
    if (forms[index]) { forms[index].querySelector('summary').focus(); forms[index].scrollIntoView({block: 'nearest'}); }
  }
  addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.matches?.('input, select, textarea'), key = event.key;
    if (key === 'Escape' && !one('#help').open) { clear(); if (field) event.target.blur(); return; }
    if (field || one('#help').open) return;
    const tab = event.target.closest?.('[role=tab]');
    if (tab) {
      const tabs = all('[role=tab]'), by = {ArrowRight: 1, ArrowLeft: -1}[key];
      if (by) { event.preventDefault(); const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length]; location.hash = next.id.slice(4); one('#tabs').dataset.focus = 1; }
      return;
    }
    const inside = event.target.closest?.('.row');
    const at = inside && list()[current()];
    const done = {
      '/': () => one('#search').focus(),
      '?': () => one('#help').showModal(),
      n: () => nextLoss(1),
      p: () => nextLoss(-1),
      ...(inside && at ? {
        ArrowDown: () => step(1), ArrowUp: () => step(-1), Home: () => focus(list()[0]), End: () => focus(list().at(-1)),
        Enter: () => toggle(at.each, at.row), ' ': () => toggle(at.each, at.row), ArrowRight: () => toggle(at.each, at.row, true), ArrowLeft: () => toggle(at.each, at.row, false),
      } : {}),
    }[key] || (/^[1-9]$/.test(key) && DATA.comparisons[Number(key) - 1] && (() => { location.hash = DATA.comparisons[Number(key) - 1].id; }));
    if (done) { event.preventDefault(); done(); }
  });

  // The bar of filters.

  function syncBar() {
    one('#search').value = filter.search;
    one('#only').setAttribute('aria-pressed', String(filter.only));
    one('#service').replaceChildren(el('option', {value: ''}, 'All services'), ...now.services.map(name => el('option', {value: name, selected: name === filter.service}, name || '(no service)')));
    const there = new Set(rows().flatMap(row => [row.grade, ...DATA.facts[row.facts].map(fact => fact[4])]));
    one('#grade').replaceChildren(el('option', {value: ''}, 'All grades'), ...GRADES.filter(grade => there.has(grade)).map(grade => el('option', {value: grade, selected: grade === filter.grade}, grade)));
    const chip = one('#chip');
    chip.hidden = filter.finding < 0;
    chip.replaceChildren(...(filter.finding < 0 ? [] : [`Spans of: ${sentenceOf(now.findings[filter.finding])}`, el('button', {type: 'button', onclick: clear}, 'Clear')]));
  }
  function clear() {
    const chosen = filters();
    Object.assign(filter, wanted);
    syncBar();
    if (chosen) drawTraces();
  }
  let waiting = 0;
  one('#search').addEventListener('input', event => {
    filter.search = event.target.value.trim();
    clearTimeout(waiting);
    waiting = setTimeout(drawTraces, 80);
  });
  one('#only').addEventListener('click', () => { filter.only = !filter.only; syncBar(); drawTraces(); });
  one('#service').addEventListener('change', event => { filter.service = event.target.value; drawTraces(); });
  one('#grade').addEventListener('change', event => { filter.grade = event.target.value; drawTraces(); });
  one('#whole').addEventListener('click', () => { whole = !whole; drawTraces(); });
  one('#keys').addEventListener('click', () => one('#help').showModal());

  // Addresses: #comparison/r1.2 is a row, #comparison/f-status a finding, #comparison/t1 a trace.

  function show(comparison) {
    if (now === comparison) return;
    now = comparison;
    filter = {...wanted};
    drawTabs();
    drawVerdict();
    drawFindings();
    const many = now.forms.length;
    one('#traces-title').textContent = many ? `${plural(many, 'pair')} of forms, gravest first` : 'Before and after, span by span';
    one('#traces-sub').textContent = many
      ? `Traces that differ only in ids, times and varying values have one form. ${now.examples} Open a pair for its slowest, median and fastest trace.`
      : 'Each row is one span on both sides. Both sides of a request have the same scale. Enter opens a row.';
    one('.bar').hidden = !now.traces.length;
    one('#traces').hidden = !now.traces.length;
    syncBar();
    drawTraces();
    drawBelow();
    document.title = `${now.label}: ${now.outcome} · ot2otel`;
  }
  function go() {
    const [id, name] = location.hash.slice(1).split('/');
    const first = !now;
    show(DATA.comparisons.find(each => each.id === id) || DATA.comparisons[0]);
    if (one('#tabs').dataset.focus) { delete one('#tabs').dataset.focus; document.getElementById('tab-' + now.id)?.focus(); }
    const found = /^([rt])(.+?)(?:\.(\d+))?$/.exec(name || '');
    const trace = found && now.traces.find(each => each.id === found[2]) || found && now.traces.find(each => each.id === `${found[2]}.${found[3]}`);
    if (trace && found[1] === 't') { openExample(trace); document.getElementById('t' + trace.id)?.scrollIntoView(); return; }
    if (trace) {
      const row = trace.rows[Number(found[3]) - 1];
      if (!row) return;
      if (filters() && !fits(row)) clear();
      if (now.forms.length) openExample(trace);
      const each = drawn.find(one => one.trace === trace);
      if (each) { toggle(each, row, true); focus({each, row}, true); }
      return;
    }
    const finding = now.findings.find(each => each.id === name);
    if (finding) {
      all('.reached').forEach(each => each.classList.remove('reached'));
      const element = document.getElementById(finding.id);
      const details = element?.closest('details');
      if (details) details.open = true;
      element?.classList.add('reached');
      element?.scrollIntoView({block: 'center'});
      return;
    }
    if (first && !name) openFirst();
  }
  // One row is open at first sight: a span that lost its status, else one with another loss.
  function openFirst() {
    if (now.forms.length) { const form = one('.form'); if (form && LOSS[now.forms[0].grade]) form.open = true; return; }
    if (!matchMedia('(min-width: 821px)').matches) return;
    const every = list(), pick = test => every.find(({row}) => row.before && row.after && test(row));
    const lost = pick(row => LOSS[row.cells.status] && row.depth) || pick(row => LOSS[row.cells.status]) || pick(isLoss);
    if (!lost) return;
    opened.add(lost.row);
    const element = lost.each.elementOf(lost.row);
    element.setAttribute('aria-expanded', 'true');
    unfold(lost.each, lost.row, element);
  }
  addEventListener('hashchange', go);

  // On paper everything is open.
  let before = null;
  addEventListener('beforeprint', () => {
    onPaper = true;
    before = {opened: [...opened], closed: all('details:not([open])')};
    for (const details of before.closed) details.open = true;
    if (now.forms.length) for (const form of now.forms) for (const number of form.examples) openExample(now.traces[number], true);
    for (const each of drawn) {
      for (const row of each.rows) if (row.before && row.after && factsOf(row).some(fact => !QUIET[fact.grade] && fact.grade !== 'added')) opened.add(row);
      for (const made of each.blocks) { made.show(false); made.show(true); }
    }
  });
  addEventListener('afterprint', () => {
    if (!before) return;
    onPaper = false;
    opened.clear();
    for (const row of before.opened) opened.add(row);
    for (const details of before.closed) details.open = false;
    before = null;
    drawTraces();
  });

  go();
})();
