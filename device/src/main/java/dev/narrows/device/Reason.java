package dev.narrows.device;

/** Why the device answered although a cloud was named, or before the network's end. */
public enum Reason {
    /** The plan's cut is the network's output: the device alone is fastest, or was asked for. */
    PLANNED,
    /** An exit on the device was sure enough; nothing was sent. */
    EXIT,
    /** The cloud's answer was not there when the device had to start, or was slower than the device's own. */
    LATE,
    /** No connection, a broken one, or a server that says it is not ready. */
    UNREACHABLE,
    /** The server answered with an error. */
    REFUSED,
    /** The server holds another bundle under this name. */
    MISMATCH,
    /** The answer's checksum, identifier, tensors or shapes are not what was asked for. */
    DAMAGED,
    /** The codec cannot carry this item's tensors: NaN or infinity under a quantising codec. */
    UNCODABLE
}
