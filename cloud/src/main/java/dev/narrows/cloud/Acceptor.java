package dev.narrows.cloud;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.ThreadFactories;
import com.linecorp.armeria.common.util.TransportType;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The thread that accepts connections. Told to end, it ends at once. */
final class Acceptor extends MultiThreadIoEventLoopGroup {

    /*
     * design
     *
     * Armeria closes the port once all requests are answered, and then ends this group and waits for it. Netty's default
     * is to wait two seconds for tasks that might still come, so closing an idle server took 2.1 s. Armeria 1.36 can
     * build a group with another wait (EventLoopGroups.builder().gracefulShutdown), but as a wrapper, and it ends not
     * what the factory gave it but the parent of the port's event loop, which is the group inside. So the group itself
     * has to know. Ending it from here when the port is closed would not do: Armeria may not listen to that yet, and
     * what listens to an ended event loop hears nothing.
     */

    private Acceptor(String name, IoHandlerFactory transport) {
        super(1, ThreadFactories.newThreadFactory(name, false), transport);
    }

    /** The group for a thread of that name, of the transport that Armeria uses. */
    static EventLoopGroup named(String name) {
        TransportType transport = Flags.transportType();
        return switch (transport) {
            case EPOLL -> new Acceptor(name, EpollIoHandler.newFactory());
            case KQUEUE -> new Acceptor(name, KQueueIoHandler.newFactory());
            case NIO -> new Acceptor(name, NioIoHandler.newFactory());
            default -> EventLoopGroups.newEventLoopGroup(1, name); // its end takes two seconds
        };
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return super.shutdownGracefully(0, timeout, unit);
    }
}
