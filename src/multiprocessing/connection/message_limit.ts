/** The most bytes of one message between a parent and its child, who trust each other. */
export const MESSAGE_LIMIT: number = 2 ** 33;
