export function BuildsPage(_: { id: string }) {
  return null;
}
