// htmx calls Document.parseHTMLUnsafe(text, {}); browsers that know it only without options throw. Without it htmx goes
// on with DOMParser.
try {
  Document.parseHTMLUnsafe?.('', {})
} catch {
  Document.parseHTMLUnsafe = undefined
}
