namespace ActorSockets.Acceptance;

/// <summary>The official JavaScript client, in both versions that are in use, and plain WebSocket clients.</summary>
public sealed class ClientLibraryTests
{
    [SkippableTheory]
    [InlineData("@azure/web-pubsub-client")]
    [InlineData("web-pubsub-client-1-1")]
    public Task Clients_of_the_json_protocol_find_everything_as_their_library_expects(string library) =>
        NodeScript.PassesAsync("json-client.test.mjs", [("CLIENT", library)]);

    /// <summary>The buffer is larger than the default, so that a slow machine may be late but is not overrun.</summary>
    [SkippableTheory]
    [InlineData("@azure/web-pubsub-client")]
    [InlineData("web-pubsub-client-1-1")]
    public Task Clients_of_the_protocol_with_recovery_lose_nothing(string library) =>
        NodeScript.PassesAsync("reliable-client.test.mjs", [("CLIENT", library)], "Sessions:BufferMessages=100000");

    [SkippableFact]
    public Task Plain_clients_see_every_byte_as_it_is_documented() => NodeScript.PassesAsync("raw-client.test.mjs");
}
