// Améliorations communes. Sans ce fichier, tout reste utilisable.
document.documentElement.classList.add('js');

/** Dit une phrase aux lecteurs d’écran, sans déplacer le focus. */
export function announce(text) {
  const zone = document.getElementById('annonces');
  if (!zone) return;
  zone.textContent = '';
  setTimeout(() => { zone.textContent = text; }, 80);
}

for (const button of document.querySelectorAll('[data-imprimer]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// Le menu mobile se ferme par Échap et rend le focus à son bouton.
const menu = document.querySelector('.menu-mobile');
menu?.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !menu.open) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});
