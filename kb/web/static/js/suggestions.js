// Propositions pendant la frappe : liste déroulante éditable à choix manuel (modèle « combobox » de l’APG).
// Sans ce fichier, le champ reste un champ de recherche ordinaire.
import { announce } from './site.js';

const field = document.querySelector('input[data-suggestions]');
if (field) start(field);

function start(input) {
  const list = document.createElement('div');
  list.id = 'propositions';
  list.className = 'propositions';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Propositions');
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({
    role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false',
  })) input.setAttribute(name, value);

  let active = -1;
  let timer;
  let turn = 0;
  const options = () => [...list.querySelectorAll('[role=option]')];

  const open = (shown) => {
    list.hidden = !shown;
    input.setAttribute('aria-expanded', String(shown));
    if (!shown) aim(-1);
  };
  const aim = (rank) => {
    const all = options();
    all[active]?.setAttribute('aria-selected', 'false');
    active = rank;
    const one = all[active];
    if (!one) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    one.setAttribute('aria-selected', 'true');
    one.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', one.id);
  };
  const follow = (option) => location.assign(option.dataset.adresse);

  const make = (tag, attributes, text) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text) node.textContent = text;
    return node;
  };
  const draw = (groups) => {
    let rank = 0;
    list.replaceChildren(...groups.map((group, number) => {
      const box = make('div', { role: 'group', 'aria-labelledby': `groupe-${number}` });
      box.append(make('div', { role: 'presentation', id: `groupe-${number}` }, group.titre));
      for (const one of group.options) {
        const option = make('div', { role: 'option', id: `proposition-${rank}`, 'aria-selected': 'false' });
        option.dataset.adresse = one.adresse;
        option.append(make('span', {}, one.libelle));
        if (one.detail) option.append(make('small', {}, one.detail));
        box.append(option);
        rank += 1;
      }
      return box;
    }));
    active = -1;
    open(rank > 0);
    if (rank) announce(`${rank} proposition${rank > 1 ? 's' : ''}. Flèche bas pour les parcourir.`);
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    const typed = input.value.trim();
    turn += 1;
    const mine = turn;
    if (typed.length < 2) {
      open(false);
      return;
    }
    timer = setTimeout(async () => {
      const answer = await fetch(`${input.dataset.suggestions}?q=${encodeURIComponent(typed)}`).then((one) => one.json()).catch(() => null);
      if (answer && mine === turn && document.activeElement === input) draw(answer.groupes);
    }, 150);
  });
  input.addEventListener('keydown', (event) => {
    const count = options().length;
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      open(false);
    } else if (event.key === 'ArrowDown' && !list.hidden) {
      event.preventDefault();
      aim((active + 1) % count);
    } else if (event.key === 'ArrowUp' && !list.hidden) {
      event.preventDefault();
      aim(active <= 0 ? count - 1 : active - 1);
    } else if (event.key === 'Enter' && !list.hidden && active >= 0) {
      event.preventDefault();
      follow(options()[active]);
    }
  });
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]');
    if (option) follow(option);
  });
  input.addEventListener('blur', () => open(false));
  input.form.addEventListener('submit', () => {
    turn += 1;
    clearTimeout(timer);
    open(false);
  });
}
