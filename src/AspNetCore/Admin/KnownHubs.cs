using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin.Reading;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>
/// A selector of a hub that does not exist selects nobody, which looks like success to whoever has misspelt it. A hub that was taken out of
/// the configuration is known as long as somebody is connected to it.
/// </summary>
internal sealed class KnownHubs(IAdminActors actors, AdminReach reach, Live<NodeSettings> settings)
{
    internal async Task CheckAsync(ConnectionSelector selector, Faults faults, CancellationToken cancellation)
    {
        if (selector.Hub is not { } hub || settings.Current.Hubs.ContainsKey(hub)) return;
        var pages = await reach.AskAsync<RouterProtocol.Page>(
            null, actors.Router, RouterActor.Name, new RouterProtocol.Query(new ConnectionSelector { Hub = hub }, null, 1), cancellation);
        if (!pages.IsWhole || pages.All.Any(page => page.Total > 0)) return;
        var known = settings.Current.Hubs.Keys.Order(StringComparer.Ordinal).ToList();
        faults.Add("select.hub", $"'{hub}' is no hub of this gateway; {(known.Count == 0 ? "it has none" : $"there are: {string.Join(", ", known)}")}.");
    }
}
