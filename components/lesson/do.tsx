/**
 * What the text around it asks for in words: a button of the panel, a line changed in an editor, a wrong turn. Nothing to
 * see; the test that follows the lesson reads it (lessons/script.ts).
 */
export const Do = () => null
