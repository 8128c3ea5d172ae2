package dev.narrows.emulator;

/** One direction of one connection, as its lane sees it. Guarded by the emulator's lock. */
interface Flow {

    /** The time at which a packet due at {@code dueNanos} comes out: TCP hands nothing out before what was sent earlier. */
    long inOrder(long dueNanos);

    /** Takes a packet that has arrived. */
    void deliver(Packet packet);

    /** Reads again, if what arrived has been taken. Returns whether it waits no more. */
    boolean resume();
}
