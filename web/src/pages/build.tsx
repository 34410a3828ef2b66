export function BuildPage(_: { id: string }) {
  return null;
}
