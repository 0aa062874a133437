// « Ma sélection », gardée sur l’appareil. Sans ce fichier, les boutons mènent à /selection?cas=… et tout est dans l’adresse.
import { announce } from './site.js';

const KEY = 'selection';
const read = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((slug) => /^[a-z0-9-]+$/.test(slug)) : [];
  } catch { return []; }
};
const write = (slugs) => {
  try { localStorage.setItem(KEY, JSON.stringify(slugs)); } catch { /* navigation privée : rien n’est gardé */ }
};
const address = (slugs) => `/selection${slugs.length ? `?${slugs.map((slug) => `cas=${slug}`).join('&')}` : ''}`;

/** Met à jour le menu et les boutons selon ce qui est gardé. */
function show() {
  const slugs = read();
  for (const link of document.querySelectorAll('[data-ma-selection]')) {
    link.href = address(slugs);
    link.querySelector('.pastille')?.remove();
    if (!slugs.length) continue;
    const badge = document.createElement('span');
    badge.className = 'pastille';
    badge.textContent = slugs.length;
    const hidden = document.createElement('span');
    hidden.className = 'vh';
    hidden.textContent = slugs.length > 1 ? ' cas gardés' : ' cas gardé';
    badge.append(hidden);
    link.append(' ', badge);
  }
  for (const button of document.querySelectorAll('button[data-selection]')) {
    const on = slugs.includes(button.dataset.selection);
    button.setAttribute('aria-pressed', String(on));
    button.querySelector('span').textContent = on ? 'Dans ma sélection' : 'Ajouter à ma sélection';
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-selection]');
  if (button) {
    event.preventDefault();
    const slug = button.dataset.selection;
    const slugs = read();
    const on = !slugs.includes(slug);
    write(on ? [...slugs, slug] : slugs.filter((one) => one !== slug));
    show();
    announce(on ? 'Cas ajouté à votre sélection.' : 'Cas retiré de votre sélection.');
  }
  const removal = event.target.closest('[data-retirer]');
  if (removal) write(read().filter((one) => one !== removal.dataset.retirer));
});

// La page de la sélection : sans rien dans l’adresse, elle montre ce qui est gardé ici.
const page = document.querySelector('[data-page-selection]');
if (page) {
  const params = new URLSearchParams(location.search);
  const named = params.getAll('cas');
  const kept = read();
  if (!named.length && kept.length && !params.has('retire')) location.replace(address(kept));
  const keep = page.querySelector('[data-garder]');
  if (keep && named.some((slug) => !kept.includes(slug))) {
    if (kept.length === 0 || kept.every((slug) => named.includes(slug))) write(named);
    else {
      keep.hidden = false;
      keep.addEventListener('click', () => {
        write([...new Set([...read(), ...named])]);
        keep.hidden = true;
        show();
        announce('Sélection gardée sur cet appareil.');
      });
    }
  }
}
show();
addEventListener('storage', show);
document.addEventListener('resultats:remplaces', show);
