export function MapPage(_: { id: string }) {
  return null;
}
