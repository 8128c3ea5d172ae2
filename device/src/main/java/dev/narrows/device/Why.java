package dev.narrows.device;

/**
 * Why the device answered although a cloud was named, or before the network's end.
 *
 * @param reason the kind
 * @param detail one line for people: what failed, with its values
 */
public record Why(Reason reason, String detail) {

    @Override
    public String toString() {
        return reason + ": " + detail;
    }
}
