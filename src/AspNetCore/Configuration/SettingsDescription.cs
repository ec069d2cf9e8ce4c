using System.Collections;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>The settings in force as the admin API shows them, in the form in which they are written.</summary>
internal static class SettingsDescription
{
    private static readonly string[] Shown = ["Limits", "Timers", "Security", "Drain", "Hubs", "PublicEndpoints"];

    public static JsonObject Of(ActorSocketsOptions options, OverrideSet overrides)
    {
        var all = Record(options, Shown);
        foreach (var hub in all["hubs"]!.AsObject()) HideNodeOnly(hub.Value!.AsObject());
        all["fromApi"] = new JsonArray([.. overrides.Values.Keys.Select(key => JsonValue.Create(key))]);
        return all;
    }

    private static JsonObject Record(object record, string[]? only = null)
    {
        var node = new JsonObject();
        foreach (var member in RecordShape.Of(record.GetType()).Members)
        {
            if (member.Secret || (only is not null && !only.Contains(member.Name))) continue;
            node[JsonNamingPolicy.CamelCase.ConvertName(member.Name)] = Node(member.Property.GetValue(record));
        }

        return node;
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        int whole => whole,
        double number => number,
        bool truth => truth,
        string text => text,
        TimeSpan duration => ValueForm.Write(duration),
        Uri uri => uri.GetLeftPart(UriPartial.Authority),
        IPNetwork network => network.ToString(),
        Enum name => name.ToString(),
        IReadOnlyDictionary<string, HubOptions> hubs => new JsonObject([.. hubs.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => KeyValuePair.Create<string, JsonNode?>(h.Key, Record(h.Value)))]),
        IEnumerable list => new JsonArray([.. list.Cast<object>().Select(Node)]),
        _ => Record(value),
    };

    private static void HideNodeOnly(JsonObject hub)
    {
        foreach (var key in HubRules.NodeOnly)
        {
            var parts = key.Split(':').Select(JsonNamingPolicy.CamelCase.ConvertName).ToArray();
            hub[parts[0]]!.AsObject().Remove(parts[1]);
        }
    }
}
