package dev.narrows.shrink;

/**
 * Which axis of a value counts channels that can be removed, and which they are.
 *
 * @param axis of the value
 * @param ids for each place on it, see {@link Classes}
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, compared never
record Channels(int axis, int[] ids) {

    Channels at(int newAxis) {
        return new Channels(newAxis, ids);
    }
}
