// The page reads without this script. With it, the evidence behind a figure comes to the reader.
"use strict";
(() => {
  const root = document.documentElement;
  const wantsDark = matchMedia("(prefers-color-scheme: dark)");
  const shown = 60; // Events listed before the reader asks for the rest.

  // A file opened from disk may be refused a store; the choice then lasts as long as the page.
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* not kept */ } },
  };

  // Before anything is painted.
  const chosen = store.get("demarche-theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  /** An element with properties and children; text never becomes markup. */
  function el(tag, properties, ...children) {
    const [name, ...classes] = tag.split(".");
    const element = document.createElement(name);
    if (classes.length) element.className = classes.join(" ");
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (key in element) element[key] = value; else element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  }

  /** Text from the case, whatever its direction. */
  const own = (text) => el("bdi", {}, text);

  /** A count as the brief writes it: thin groups of three from 10 000 on. */
  const digits = (n) => n < 10000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

  const plural = (n, thing) => `${digits(n)} ${thing}${n === 1 ? "" : "s"}`;

  const byId = (id) => document.getElementById(id);

  document.addEventListener("DOMContentLoaded", () => {
    for (const tools of document.querySelectorAll(".tools")) tools.hidden = false;
    for (const details of document.querySelectorAll("section.appendix > details")) details.open = false;
    theme();
    contents();
    permalinks();
    sorting();
    marks();
    frames();
    tips();
    evidence();
  });

  function theme() {
    const button = byId("theme");
    const isDark = () => (root.dataset.theme ?? (wantsDark.matches ? "dark" : "light")) === "dark";
    const label = () => { button.textContent = isDark() ? "Light" : "Dark"; button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`); };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      store.set("demarche-theme", root.dataset.theme);
      label();
    });
    wantsDark.addEventListener("change", label);
    label();
  }

  /** Open beside the text, closed above it; the section being read is marked. */
  function contents() {
    const details = document.querySelector("nav.contents details");
    const beside = matchMedia("(min-width: 62rem)");
    const fit = () => { details.open = beside.matches; };
    beside.addEventListener("change", fit);
    fit();
    const links = [...details.querySelectorAll("a")];
    details.addEventListener("click", (event) => {
      if (event.target.closest("a") && !beside.matches) details.open = false;
    });
    const sections = links.map((link) => byId(link.hash.slice(1)));
    let asked = false;
    const mark = () => {
      asked = false;
      // The last section that begins in the upper third; at the very end, the last of all.
      const line = innerHeight / 3;
      const atEnd = scrollY > 0 && innerHeight + scrollY >= root.scrollHeight - 2;
      let current = sections.findLastIndex((section) => section.getBoundingClientRect().top <= line);
      if (atEnd) current = sections.length - 1;
      links.forEach((link, i) => {
        if (i === current) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      });
    };
    const ask = () => { if (!asked) { asked = true; requestAnimationFrame(mark); } };
    addEventListener("scroll", ask, { passive: true });
    addEventListener("resize", ask, { passive: true });
    mark();
  }

  function permalinks() {
    for (const section of document.querySelectorAll("section.chapter")) {
      const heading = section.querySelector("h2");
      heading.append(el("a.permalink", { href: `#${section.id}`, "aria-label": `Link to ${heading.textContent}` }, "#"));
    }
  }

  /** Columns of a table can be put in order by their heads. */
  function sorting() {
    const value = (row, i) => {
      const text = (row.cells[i]?.textContent ?? "").trim();
      const number = Number.parseFloat(text.replace(/[\s,\u2009\u202f]/g, "").replace("\u2212", "-").replace(/^\+/, ""));
      return { text, number };
    };
    for (const table of document.querySelectorAll("div.table table")) {
      const body = table.tBodies[0];
      if (body.rows.length < 4) continue;
      const heads = [...table.tHead.rows[0].cells];
      heads.forEach((head, i) => {
        const numeric = head.classList.contains("n");
        const button = el("button.sort", { type: "button" });
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => {
          // Figures are first asked for from the top, names from A.
          const before = head.getAttribute("aria-sort") ?? (numeric ? "ascending" : "descending");
          const up = before === "descending";
          for (const other of heads) other.removeAttribute("aria-sort");
          head.setAttribute("aria-sort", up ? "ascending" : "descending");
          const rows = [...body.rows].map((row, at) => ({ row, at, ...value(row, i) }));
          rows.sort((a, b) => {
            if (numeric) {
              // Cells without a figure stay below, whichever the order.
              const gap = Number.isNaN(a.number) - Number.isNaN(b.number);
              if (gap) return gap;
              return (up ? a.number - b.number : b.number - a.number) || a.at - b.at;
            }
            const order = a.text.localeCompare(b.text, "en");
            return (up ? order : -order) || a.at - b.at;
          });
          body.append(...rows.map((entry) => entry.row));
        });
      });
    }
  }

  /** A chart is one stop of the tab key; the arrow keys go from mark to mark inside it. */
  function marks() {
    for (const svg of document.querySelectorAll("svg.chart")) {
      const links = [...svg.querySelectorAll("a")];
      if (!links.length) continue;
      links.forEach((link, i) => link.setAttribute("tabindex", i ? "-1" : "0"));
      const go = (to) => {
        for (const link of links) link.setAttribute("tabindex", "-1");
        links[to].setAttribute("tabindex", "0");
        links[to].focus();
      };
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
      svg.addEventListener("keydown", (event) => {
        const at = links.indexOf(event.target.closest("a"));
        if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
        let to = null;
        if (event.key in step) to = Math.min(Math.max(at + step[event.key], 0), links.length - 1);
        if (event.key === "Home") to = 0;
        if (event.key === "End") to = links.length - 1;
        if (to !== null) { event.preventDefault(); go(to); }
      });
      svg.querySelector("desc").textContent += " The arrow keys go from mark to mark; Enter opens the evidence.";
    }
  }

  /** A frame is a stop of the tab key only while there is something in it to scroll. */
  function frames() {
    const fit = ({ target }) => {
      if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
      else target.removeAttribute("tabindex");
    };
    const watch = new ResizeObserver((entries) => entries.forEach(fit));
    for (const frame of document.querySelectorAll(".scroll")) watch.observe(frame);
  }

  /** What a figure or a mark is, beside the pointer or the focus. */
  function tips() {
    const tip = byId("tip");
    // What the browser would show late and elsewhere is shown here instead.
    for (const mark of document.querySelectorAll("svg.chart .mark")) {
      const title = mark.querySelector(":scope > title");
      if (!title) continue;
      mark.dataset.tip = title.textContent;
      if (mark.localName !== "a") continue;
      title.remove();
      // What can be read on a mark belongs to its name: who speaks to the machine says what he sees.
      // A space between its texts draws nothing, but keeps their words apart when read aloud.
      const texts = [...mark.querySelectorAll("text")];
      for (const text of texts.slice(0, -1)) text.after(" ");
      const seen = texts.map((text) => text.textContent.trim()).join(" ");
      const name = mark.dataset.tip;
      mark.setAttribute("aria-label", seen && !name.includes(seen) ? `${seen}: ${name}` : name);
    }
    const about = (target) => {
      const mark = target.closest?.("[data-tip], a[href^='#ev-']");
      if (!mark || mark.closest("dialog")) return null;
      if (mark.dataset.tip) return { mark, text: mark.dataset.tip };
      if (mark.getAttribute("aria-label")) return { mark, text: mark.getAttribute("aria-label") };
      const entry = known().get(idOf(mark.getAttribute("href")));
      if (!entry) return null;
      return { mark, text: entry.interval ? `${entry.label}\n${entry.value} ${entry.interval}` : entry.label };
    };
    const show = (found, x, y) => {
      tip.textContent = found.text;
      tip.hidden = false;
      const { width, height } = tip.getBoundingClientRect();
      tip.style.left = `${Math.max(8, Math.min(x - width / 2, innerWidth - width - 8))}px`;
      tip.style.top = `${y - height - 12 > 4 ? y - height - 12 : y + 20}px`;
    };
    const hide = () => { tip.hidden = true; };
    document.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      const found = about(event.target);
      if (found) show(found, event.clientX, event.clientY); else hide();
    }, { passive: true });
    document.addEventListener("focusin", (event) => {
      const found = event.target.matches(":focus-visible") ? about(event.target) : null;
      if (!found) return hide();
      const box = found.mark.getBoundingClientRect();
      show(found, box.left + box.width / 2, box.top);
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
    document.addEventListener("scroll", hide, { passive: true, capture: true });
    document.addEventListener("click", hide);
  }

  let data = null;
  /** Events and evidence, read when they are first asked for. */
  function island() {
    data ??= JSON.parse(byId("evidence-data").textContent);
    return data;
  }

  let index = null;
  const known = () => index ??= new Map(island().evidence.map((entry) => [entry.id, entry]));

  /** The id of the evidence that an address like `#ev-…` names; null if it names none. */
  function idOf(hash) {
    if (!hash?.startsWith("#ev-")) return null;
    const raw = hash.slice(4);
    try { return decodeURIComponent(raw); } catch { return raw; }
  }

  /** The address, if it may be followed. */
  function web(address) {
    try {
      const url = new URL(address);
      return url.protocol === "http:" || url.protocol === "https:" ? url : null;
    } catch { return null; }
  }

  function pageLink(address) {
    const url = web(address);
    if (!url) return address ? own(address) : null;
    return el("a.out", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, url.host.replace(/^www\./, ""));
  }

  function evidence() {
    const panel = byId("panel");
    const title = byId("panel-title");
    const body = byId("panel-body");

    for (const link of document.querySelectorAll("a[href^='#ev-']")) link.setAttribute("aria-haspopup", "dialog");

    function show(heading, content) {
      title.replaceChildren(own(heading));
      body.replaceChildren(...content.filter(Boolean));
      if (!panel.open) panel.showModal();
      panel.scrollTop = 0;
      title.focus();
    }

    function showEvidence(entry) {
      const events = entry.events.map((i) => island().events[i]).filter(Boolean);
      show(entry.label, [
        el("p.value", {}, el("span.figure", {}, own(entry.value)),
          entry.interval && el("span.interval", {}, own(entry.interval))),
        entry.formula && el("p.formula", {}, own(entry.formula)),
        entry.note && el("p.note", {}, own(entry.note)),
        command(["demarche why", entry.id, island().why].filter(Boolean).join(" ")),
        ...(events.length ? eventList(events, entry.id) : []),
        entry.more && el("p.note", {}, `${events.length ? "and " : ""}${digits(entry.more)} more events: the command above lists all of them.`),
        ...(entry.rows.length ? rowList(entry.rows) : []),
      ]);
    }

    /** Opens what an address names, or closes the panel if it names nothing. */
    function follow(hash) {
      const entry = known().get(idOf(hash));
      if (entry) showEvidence(entry); else if (panel.open) panel.close();
      return entry;
    }

    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const hash = link.getAttribute("href");
      if (known().has(idOf(hash))) {
        event.preventDefault();
        // A step in the history, so that "back" closes the panel and the address can be passed on.
        try { history.pushState({ panel: true }, "", hash); } catch { /* a file may not */ }
        follow(hash);
      } else {
        reveal(hash);
      }
    });
    addEventListener("popstate", () => { if (panel.open || history.state?.panel) follow(location.hash); });
    addEventListener("hashchange", arrive);
    panel.addEventListener("close", () => {
      if (history.state?.panel) history.back();
      else if (idOf(location.hash) !== null) {
        try { history.replaceState(null, "", location.pathname + location.search); } catch { /* stays */ }
      }
    });
    panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
    byId("panel-close").addEventListener("click", () => panel.close());
    byId("browse")?.addEventListener("click", () => {
      show("Chronicle", eventList(island().events, "chronicle"));
    });
    // After the browser's own jump to the address, which goes to the appendix.
    addEventListener("load", () => setTimeout(arrive));

    /** Come by an address: behind the panel stands the place that uses the figure. */
    function arrive() {
      const id = idOf(location.hash);
      if (known().has(id) && !panel.open) {
        const used = document.querySelector(`section.chapter a[href="#ev-${CSS.escape(id)}"]`);
        used?.scrollIntoView({ block: "center" });
        used?.focus({ preventScroll: true });
      }
      if (!follow(location.hash)) reveal(location.hash);
    }
  }

  /** A target inside what is closed is opened before it is gone to. */
  function reveal(hash) {
    if (!hash || hash.length < 2) return;
    let id = hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it stands */ }
    const target = byId(id);
    const closed = target?.closest("details:not([open])");
    if (closed) { closed.open = true; target.scrollIntoView(); }
  }

  function command(text) {
    return el("div.command", {}, el("code", {}, text), copyButton("Copy", () => text));
  }

  function copyButton(label, text) {
    const button = el("button", { type: "button" }, label);
    button.addEventListener("click", async () => {
      const done = await copy(text(), button);
      button.textContent = done ? "Copied" : "Not copied";
      byId("said").textContent = button.textContent;
      setTimeout(() => { button.textContent = label; }, 1600);
    });
    return button;
  }

  async function copy(text, near) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* the old way */ }
    const area = el("textarea.unseen", { value: text, readOnly: true });
    near.after(area);
    area.select();
    let done = false;
    try { done = document.execCommand("copy"); } catch { /* stays false */ }
    area.remove();
    near.focus();
    return done;
  }

  function save(name, text) {
    const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
    el("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  /** Events with a filter, an order, and a way out as CSV. */
  function eventList(events, name) {
    const text = (event) => [event.date, event.source, event.target, event.cameo, event.act, event.area, event.title, event.id]
      .join(" ").normalize("NFC").toLocaleLowerCase("en");
    // Dates are ISO text, exact to day, month or year, so that text order is time order.
    const dated = events.map((event, at) => ({ event, at, text: text(event) }))
      .sort((a, b) => (a.event.date < b.event.date ? -1 : a.event.date > b.event.date ? 1 : a.at - b.at));
    let newestFirst = true;
    let whole = false;

    const filter = el("input", { type: "search", placeholder: "Filter: actor, act, area, words, year", "aria-label": "Filter the events", autocomplete: "off" });
    const order = el("button", { type: "button" });
    const count = el("p.count", { role: "status" });
    const list = el("ul", { "aria-label": "Events" });
    const more = el("button.more", { type: "button" });

    const found = () => {
      const words = filter.value.normalize("NFC").toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
      const hits = dated.filter((entry) => words.every((word) => entry.text.includes(word)));
      return newestFirst ? hits.reverse() : hits;
    };
    const draw = () => {
      const hits = found();
      const part = whole ? hits : hits.slice(0, shown);
      order.textContent = newestFirst ? "Newest first" : "Oldest first";
      order.setAttribute("aria-label", `Order: ${order.textContent.toLowerCase()}. Turn round`);
      count.textContent = hits.length === events.length
        ? plural(events.length, "event")
        : `${digits(hits.length)} of ${plural(events.length, "event")}`;
      list.replaceChildren(...part.map((entry) => eventItem(entry.event)));
      more.hidden = part.length === hits.length;
      more.textContent = `Show the other ${digits(hits.length - part.length)}`;
    };
    filter.addEventListener("input", () => { whole = false; draw(); });
    order.addEventListener("click", () => { newestFirst = !newestFirst; draw(); });
    more.addEventListener("click", () => {
      whole = true;
      draw();
      const next = list.children[shown];
      next?.setAttribute("tabindex", "-1");
      next?.focus({ preventScroll: true });
    });
    const csv = () => eventsAsCsv(found().map((entry) => entry.event));
    const download = el("button", { type: "button" }, "Save CSV");
    download.addEventListener("click", () => save(`${name}.csv`, csv()));
    draw();
    return [
      el("h3", {}, "Events"),
      el("div.controls", {}, filter, order, copyButton("Copy CSV", csv), download),
      count, list, more,
    ];
  }

  function eventItem(event) {
    return el("li", {},
      el("div.when", {},
        el("b", {}, event.date),
        el("span", {}, own(event.source), event.mutual ? " ↔ " : " → ", own(event.target))),
      el("p.what", { dir: "auto" }, event.title),
      el("div.how", {},
        el("span", {}, `${event.cameo} ${event.act}`),
        event.area ? el("span", {}, event.area) : null,
        event.url ? el("span", {}, pageLink(event.url)) : null,
        el("span", {}, el("code", {}, event.id))));
  }

  function rowList(rows) {
    return [
      el("h3", {}, `Rows of the case (${digits(rows.length)})`),
      el("ul", {}, ...rows.map((row) => el("li", {},
        el("p.what", { dir: "auto" }, row.text),
        el("div.how", {},
          el("span", {}, el("code", {}, row.file)),
          el("span", {}, el("code", {}, row.id)),
          row.url ? el("span", {}, pageLink(row.url)) : null)))),
    ];
  }

  /** As the tables of the brief: text that a spreadsheet would run is made plain by an apostrophe. */
  function eventsAsCsv(events) {
    const names = ["id", "date", "source", "target", "mutual", "cameo", "act", "area", "title", "url"];
    const cell = (value) => {
      const text = String(value);
      const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
    };
    return [names, ...events.map((event) => names.map((name) => event[name]))]
      .map((row) => row.map(cell).join(",") + "\n").join("");
  }
})();
