'use strict';
(() => {
  const runs = [...document.querySelectorAll('script.run')].map(script => JSON.parse(script.textContent));
  const main = document.getElementById('main');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const light = ['#2f6f6a', '#c2703d', '#5a64a8', '#9a8434', '#a6506e', '#4f8a3c', '#7a7f85', '#3f86b8'];
  const night = ['#6fb8b0', '#e0a070', '#97a0e0', '#cdb968', '#d989a6', '#93c47f', '#a5abb0', '#7fbbe3'];
  const colour = i => (dark.matches ? night : light)[i % light.length];
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const short = v => v == null ? '' : v === 0 ? '0'
    : Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3 ? v.toExponential(1).replace('e+', 'e') : String(+v.toPrecision(4));
  const add = (parent, tag, properties = {}, text) => {
    const element = Object.assign(document.createElement(tag), properties);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };
  const nameOf = (run, i) => run.name || run.facts.network + (runs.length > 1 ? ' ' + (i + 1) : '');

  // Facts.
  const facts = document.getElementById('facts');
  for (const [i, run] of runs.entries()) {
    const line = runs.length > 1 ? add(facts, 'div') : facts;
    if (runs.length > 1) {
      const name = add(line, 'span');
      add(name, 'b', {style: 'color:' + colour(i)}, nameOf(run, i));
    }
    for (const [key, value] of Object.entries(run.facts)) {
      if (runs.length > 1 && key === 'network') continue;
      const fact = add(line, 'span', {}, key + ' ');
      add(fact, 'b', {}, value);
    }
    add(line, 'span', {}, run.running ? 'training goes on' : 'ended');
  }

  const section = title => {
    add(main, 'h2', {}, title);
    return add(main, 'div', {className: 'cards'});
  };
  const plots = [];

  // A chart of curves, each with its own x; below it a key whose entries switch curves off and on.
  const chart = (cards, title, curves, xLabel, logarithmic) => {
    const card = add(cards, 'div', {className: 'card'});
    const heading = add(card, 'h3', {}, title);
    add(heading, 'span', {className: 'note'}, 'by ' + xLabel);
    const box = add(card, 'div');
    const key = add(card, 'div', {className: 'key' + (curves.length > 6 ? ' many' : '')});
    const positive = curves.every(curve => curve.y.every(v => v == null || v > 0));
    const all = [...new Set(curves.flatMap(curve => curve.x))].sort((a, b) => a - b);
    const columns = curves.map(curve => {
      const at = new Map(curve.x.map((x, i) => [x, curve.y[i]]));
      return all.map(x => at.has(x) ? at.get(x) : undefined);
    });
    const draw = () => {
      box.textContent = '';
      const axis = {
        stroke: css('--quiet'), grid: {stroke: css('--grid'), width: 1}, ticks: {show: false},
        font: '11px system-ui, sans-serif', gap: 4,
      };
      const log = logarithmic && positive;
      const plot = new uPlot({
        width: Math.max(200, box.clientWidth), height: 180, legend: {show: false},
        cursor: {points: {size: 6}, drag: {x: true, y: false}},
        scales: {x: {time: false}, y: log ? {distr: 3} : {}},
        axes: [
          {...axis, size: 26, values: (_, ticks) => ticks.map(v => Number.isInteger(v) ? v.toLocaleString('en') : '')},
          {...axis, size: 52, values: (_, ticks) => ticks.map(v => v == null ? '' : short(v))},
        ],
        series: [{}, ...curves.map(curve => ({
          label: curve.name, stroke: colour(curve.colour), width: 1.6, spanGaps: true, show: !curve.off,
          points: {show: all.length < 40, size: 4, fill: colour(curve.colour), width: 0},
        }))],
        hooks: {setCursor: [u => {
          const place = u.cursor.idx;
          curves.forEach((curve, i) => values[i].textContent = short(place == null ? last(i) : columns[i][place]));
        }]},
      }, [all, ...columns], box);
      return plot;
    };
    const last = i => columns[i].findLast ? columns[i].findLast(v => v != null)
      : [...columns[i]].reverse().find(v => v != null);
    const values = curves.map((curve, i) => {
      const button = add(key, 'button', {type: 'button'});
      add(button, 'i', {style: 'background:' + colour(curve.colour)});
      add(button, 'span', {}, curve.name);
      const value = add(button, 'b', {}, short(last(i)));
      button.onclick = () => {
        curve.off = !curve.off;
        button.classList.toggle('off', curve.off);
        state.plot.setSeries(i + 1, {show: !curve.off});
      };
      return value;
    });
    const state = {plot: null, redraw() { if (this.plot) this.plot.destroy(); this.plot = draw(); }};
    plots.push(state);
    state.redraw();
  };

  const titles = {
    'loss': 'Loss', 'loss by epoch': 'Loss', 'ledger': 'Losses and penalties', 'metrics': 'Metrics on validation data',
    'rate': 'Learning rate', 'lambda': 'λ of regularizers', 'gradients': 'Norms of gradients',
    'weights': 'Norms of weights', 'zeros': 'Share of zeros', 'speed': 'Steps per second',
  };
  const parts = [
    ['Training', ['loss', 'loss by epoch', 'metrics', 'ledger', 'rate', 'lambda', 'speed']],
    ['Weights and gradients', ['gradients', 'weights', 'zeros']],
  ];
  const logs = new Set(['ledger', 'gradients', 'loss', 'loss by epoch']);
  const curvesOf = group => runs.flatMap((run, r) => ['steps', 'epochs'].flatMap(kind =>
    Object.entries(run[kind].y).filter(([name]) => name.startsWith(group + '|')).map(([name, y]) => {
      const present = run[kind].x.map((x, i) => [x, y[i]]).filter(([, v]) => v != null);
      return {run: r, kind, name: name.slice(group.length + 1), x: present.map(p => p[0]), y: present.map(p => p[1])};
    })));
  const constant = curve => curve.y.every(v => v === 0);
  for (const [title, groups] of parts) {
    let cards = null;
    for (const group of groups) {
      const curves = curvesOf(group).filter(curve => !(group === 'zeros' && constant(curve)));
      if (curves.length === 0) continue;
      cards = cards || section(title);
      const unit = curves[0].kind === 'steps' ? 'step' : 'epoch';
      if (runs.length === 1) {
        curves.forEach((curve, i) => curve.colour = i);
        chart(cards, titles[group], curves, unit, logs.has(group));
        continue;
      }
      // Several runs: a chart for each number, a colour for each run.
      for (const name of [...new Set(curves.map(curve => curve.name))]) {
        const same = curves.filter(curve => curve.name === name)
          .map(curve => ({...curve, colour: curve.run, name: nameOf(runs[curve.run], curve.run)}));
        chart(cards, titles[group].toLowerCase() === name ? titles[group] : titles[group] + ': ' + name, same, unit, logs.has(group));
      }
    }
  }

  // Histograms and pictures, of the epoch that a slider chooses.
  const byEpoch = (title, run, list, show) => {
    if (list.length === 0) return;
    add(main, 'h2', {}, title);
    const label = add(main, 'label', {}, 'Epoch ');
    const slider = add(label, 'input', {type: 'range', min: 0, max: list.length - 1, value: list.length - 1});
    const number = add(label, 'b');
    const box = add(main, 'div');
    const update = () => {
      number.textContent = list[slider.value].epoch;
      box.textContent = '';
      show(box, list[slider.value]);
    };
    slider.oninput = update;
    plots.push({redraw: update});
    update();
  };
  runs.forEach((run, r) => {
    const of = runs.length > 1 ? ' of ' + nameOf(run, r) : '';
    byEpoch('Pictures' + of, run, run.pictures, (box, one) => {
      const row = add(box, 'div', {className: 'card pictures'});
      for (const picture of one.of) {
        const figure = add(row, 'figure');
        add(figure, 'img', {src: picture.source, alt: picture.title});
        add(figure, 'figcaption', {}, picture.title);
      }
    });
    byEpoch('Histograms of weights' + of, run, run.histograms, (box, one) => {
      const cards = add(box, 'div', {className: 'cards'});
      for (const histogram of one.of) {
        const card = add(cards, 'div', {className: 'card'});
        add(card, 'h3', {}, histogram.name);
        const most = Math.max(...histogram.counts);
        const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
        svg.setAttribute('viewBox', `0 0 ${histogram.counts.length} 100`);
        svg.setAttribute('preserveAspectRatio', 'none');
        svg.setAttribute('class', 'histogram');
        histogram.counts.forEach((count, i) => {
          const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
          const height = 100 * count / most;
          bar.setAttribute('x', i + 0.08);
          bar.setAttribute('width', 0.84);
          bar.setAttribute('y', 100 - height);
          bar.setAttribute('height', height);
          bar.setAttribute('fill', colour(r));
          svg.append(bar);
        });
        card.append(svg);
        const ends = add(card, 'div', {className: 'ends'});
        add(ends, 'span', {}, short(histogram.min));
        add(ends, 'span', {}, short(histogram.max));
      }
    });
  });

  // The network.
  runs.forEach((run, r) => {
    const of = runs.length > 1 ? ' of ' + nameOf(run, r) : '';
    const texts = Object.entries(run.texts).filter(([name]) => name !== 'figure');
    for (const [name, text] of texts) {
      add(main, 'h2', {}, name + of);
      add(add(main, 'div', {className: 'card'}), 'pre', {}, text);
    }
    if (run.texts.figure) {
      add(main, 'h2', {}, 'Network' + of);
      const figure = add(add(main, 'div', {className: 'card'}), 'div', {className: 'figure'});
      // As an image, an SVG runs no script.
      add(figure, 'img', {alt: 'The layers and shapes of the network',
        src: 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(run.texts.figure)});
    }
    add(main, 'h2', {}, 'Parameters' + of);
    const table = add(add(main, 'div', {className: 'card wide'}), 'table');
    const head = add(add(table, 'thead'), 'tr');
    for (const title of ['parameter', 'shape', 'numbers', 'regularizer']) add(head, 'th', {}, title);
    const body = add(table, 'tbody');
    for (const row of run.table) {
      const line = add(body, 'tr');
      row.forEach((cell, i) => add(line, 'td', {className: i === 2 ? 'number' : ''},
        i === 2 ? Number(cell).toLocaleString('en') : cell));
    }
  });

  const redraw = () => plots.forEach(plot => plot.redraw());
  dark.addEventListener('change', () => location.reload());
  let width = innerWidth;
  addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; redraw(); } });
})();
