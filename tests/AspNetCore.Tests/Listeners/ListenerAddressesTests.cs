using System.Net;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorSockets.AspNetCore.Tests.Listeners;

public sealed class ListenerAddressesTests
{
    private readonly ListenerAddresses _addresses = new();

    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:8080")]
    [InlineData("0.0.0.0", "http://node-0.example:8080")]
    [InlineData("::", "http://node-0.example:8080")]
    public void A_listener_on_any_address_is_reached_by_the_name_of_the_machine(string address, string reached)
    {
        Listen(ListenerKind.Admin, "127.0.0.1", 9090);
        Listen(ListenerKind.Public, address, 8080);
        Listen(ListenerKind.Public, "127.0.0.1", 8081);

        Assert.Equal(reached, _addresses.FirstPublic("node-0.example"));
    }

    [Fact]
    public void Nobody_is_sent_to_a_listener_that_is_not_there()
    {
        Listen(ListenerKind.Admin, "127.0.0.1", 9090);

        Assert.Null(_addresses.FirstPublic("node-0.example"));
    }

    private void Listen(ListenerKind kind, string address, int port) =>
        new KestrelServerOptions().Listen(IPAddress.Parse(address), port, listen => _addresses.Add(kind, listen));
}
