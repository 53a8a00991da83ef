/** Length is what makes a password; NIST SP 800-63B asks for no kinds of characters. The upper end bounds the hashing. */
export const PASSWORD_CHARS = { min: 10, max: 128 }
