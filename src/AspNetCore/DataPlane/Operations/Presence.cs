using ActorSockets.Actors.Endings;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.AspNetCore.DataPlane.Operations;

/// <summary>Is somebody there, and sending them away.</summary>
internal sealed class Presence(RouterCalls router)
{
    /// <param name="scope">Whom it is about.</param>
    /// <param name="what"><c>Connection</c>, <c>User</c> or <c>Group</c>, for the code of the answer no.</param>
    internal async Task<DataPlaneAnswer> ExistsAsync(Scope scope, string what)
    {
        if (await router.AskAsync<Existence>(scope, new Exists(scope)) is not { } answers) return DataPlaneAnswer.Of(DataPlaneError.NoAnswer());
        return answers.All.Any(a => a.Found) ? DataPlaneAnswer.Ok : DataPlaneAnswer.Of(DataPlaneError.No(what)).Without(answers.Missing);
    }

    /// <summary>The ending has the caller's reason; the frames say as much of it as each protocol can.</summary>
    internal async Task<DataPlaneAnswer> CloseAsync(DataPlaneCall call, Scope scope)
    {
        var reason = call.Query.Text("reason");
        var excluded = scope.Connection is null ? call.Query.Excluded() : null;
        if (call.Query.Fault is { } fault) return DataPlaneAnswer.Of(fault);
        var request = new EndRequest(EndingCatalogue.ServerClosed) { Reason = string.IsNullOrEmpty(reason) ? null : reason };
        return DataPlaneAnswer.NoContent.Without(await router.EndAsync(new EndScope(scope, request, excluded)));
    }
}
