// L’atelier : enregistre pendant qu’on écrit et dit, à côté des champs, ce qui reste à reprendre.
// Sans ce fichier, les boutons font tout.
const form = document.querySelector('form[data-auto]');
const WAIT = 2000;

if (form) {
  const told = form.querySelector('[data-enregistre]');
  const field = (name) => form.querySelector(`input[name="${name}"]`);
  let dirty = false;
  let stopped = false;
  let running = false;
  let timer;

  const say = (...parts) => told.replaceChildren(...parts);
  const link = (label, href) => {
    const made = document.createElement('a');
    made.textContent = label;
    made.href = href;
    made.target = '_blank';
    made.rel = 'noopener';
    return made;
  };

  /** Met à côté de chaque champ ce que disent les règles. */
  function complain(problems) {
    for (const list of form.querySelectorAll('.reproches')) {
      const sentences = problems[list.dataset.part] ?? [];
      list.hidden = sentences.length === 0;
      list.parentElement.toggleAttribute('data-a-reprendre', sentences.length > 0);
      list.replaceChildren(...sentences.map((sentence) => {
        const item = document.createElement('li');
        item.textContent = sentence;
        return item;
      }));
    }
  }

  /** Après une reconnexion dans un autre onglet, la page reprend une preuve fraîche. */
  async function renew() {
    const answer = await fetch(form.dataset.jeton, { headers: { Accept: 'application/json' }, redirect: 'error' });
    if (answer.ok) field('csrf_token').value = (await answer.json()).csrf_token;
    return answer.ok;
  }

  async function save(again = true) {
    if (running || stopped) return;
    running = true;
    dirty = false;
    try {
      const answer = await fetch(form.dataset.auto, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      const body = await answer.json();
      if (answer.ok) {
        field('version').value = body.version;
        form.querySelector('[data-rempli]').textContent = body.rempli;
        form.querySelector('progress').value = body.rempli;
        complain(body.problemes);
        say(body.dit);
      } else if ((answer.status === 401 || answer.status === 403) && again && await renew().catch(() => false)) {
        running = false;
        await save(false);
      } else if (answer.status === 401 || answer.status === 403) {
        dirty = true;
        say(`${body.erreur} Votre texte reste ici. `, link('Se reconnecter dans un autre onglet', '/atelier/connexion'));
        later(10_000);
      } else {
        stopped = answer.status === 409;
        say(body.erreur, answer.status === 409 ? ' Enregistrez pour comparer les deux textes.' : '');
      }
    } catch {
      dirty = true;
      say('Pas de réseau : votre texte reste ici, l’enregistrement reprendra.');
      later(10_000);
    } finally {
      running = false;
    }
  }

  function later(delay = WAIT) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  form.addEventListener('input', () => {
    dirty = true;
    later();
  });
  form.addEventListener('submit', (event) => {
    if (running) {
      // Un enregistrement est en route : le bouton attend sa réponse, sinon il croirait à un conflit.
      event.preventDefault();
      const wait = setInterval(() => {
        if (running) return;
        clearInterval(wait);
        form.requestSubmit(event.submitter);
      }, 50);
      return;
    }
    stopped = true;
    dirty = false;
    clearTimeout(timer);
  });
  addEventListener('beforeunload', (event) => { if (dirty) event.preventDefault(); });
}
