// Recherche sans rechargement. Le serveur rend toujours la page entière ; l’adresse reste le seul état.
import { announce } from './site.js';

const form = document.getElementById('recherche-form');
let running;
let prepared = { url: '', page: null };

const clean = () => {
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (String(value).trim() !== '') params.append(name, value);
  const query = params.toString();
  return form.action + (query ? `?${query}` : '');
};

/** Va chercher une page ; celle qui vient d’être préparée pour le bouton est reprise. */
async function read(url, signal) {
  if (prepared.url === url && prepared.page) return prepared.page;
  const answer = await fetch(url, { signal, headers: { Accept: 'text/html' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

/** Remplace une partie de la page ; les volets que le visiteur a ouverts ou fermés le restent. */
function swap(id, page) {
  const old = document.getElementById(id);
  const fresh = page.getElementById(id)?.cloneNode(true);
  if (!old || !fresh) return;
  for (const details of old.querySelectorAll('details[id]')) {
    const twin = fresh.querySelector(`#${CSS.escape(details.id)}`);
    if (twin) twin.open = details.open || twin.querySelector('input:checked') !== null;
  }
  old.replaceWith(fresh);
}

async function load(url, { push = true, focus = true } = {}) {
  running?.abort();
  running = new AbortController();
  const zone = document.getElementById('resultats');
  zone.setAttribute('aria-busy', 'true');
  const slow = setTimeout(() => announce('Recherche en cours…'), 600);
  try {
    const page = await read(url, running.signal);
    if (!page.getElementById('resultats')) throw new Error('page');
    for (const id of ['resultats', 'panneau']) swap(id, page);
    document.querySelector('#filtres > summary').replaceChildren(
      ...[...page.querySelector('#filtres > summary').childNodes].map((node) => node.cloneNode(true)),
    );
    document.title = page.title;
    form.elements.q.value = new URL(url, location.href).searchParams.get('q') ?? '';
    if (push) history.pushState({ search: true }, '', url);
    prepared = { url: '', page: null };
    drawMap();
    document.dispatchEvent(new Event('resultats:remplaces'));
    const heading = document.getElementById('h-res');
    if (focus) {
      if (matchMedia('(max-width:61.99rem)').matches) document.getElementById('filtres').open = false;
      heading.focus();
    }
    announce(heading.textContent);
  } catch (error) {
    if (error.name !== 'AbortError') location.assign(url);
  } finally {
    clearTimeout(slow);
    document.getElementById('resultats')?.removeAttribute('aria-busy');
  }
}

/** La petite carte coche la case de sa région : un raccourci au pointeur, le clavier passe par les cases. */
function drawMap() {
  for (const path of document.querySelectorAll('.carte-mini path')) {
    const box = document.querySelector(`input[name=region][value="${CSS.escape(path.dataset.region)}"]`);
    if (!box) continue;
    box.addEventListener('change', () => path.classList.toggle('on', box.checked));
    path.addEventListener('click', () => box.click());
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  load(clean());
});

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-maj]');
  const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
  if (!link || !plain) return;
  event.preventDefault();
  load(link.href);
});

// Une case cochée : le bouton dit combien de cas elle donnerait, la liste n’en change pas encore.
let waiting;
document.addEventListener('change', (event) => {
  if (event.target.form !== form || event.target.name === 'q' || event.target.name === 'tri') return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const url = clean();
    try {
      const page = await read(url);
      if (url !== clean()) return;
      prepared = { url, page };
      const button = document.querySelector('.appliquer .plein');
      const total = page.getElementById('resultats').dataset.total;
      button.textContent = page.querySelector('.appliquer .plein').textContent;
      announce(`${total} cas avec ces filtres. Activez « ${button.textContent} » pour les voir.`);
    } catch { /* le bouton garde son libellé */ }
  }, 200);
});

history.replaceState({ search: true }, '');
addEventListener('popstate', () => load(location.href, { push: false, focus: false }));
addEventListener('pageshow', (event) => { if (event.persisted) form.reset(); });

// Navigateurs sans ::details-content : le panneau s’ouvre de lui-même sur grand écran.
const panel = document.getElementById('filtres');
if (!CSS.supports('selector(::details-content)')) {
  const wide = matchMedia('(min-width:62rem)');
  const follow = () => { panel.open = wide.matches; };
  follow();
  wide.addEventListener('change', follow);
}
drawMap();
